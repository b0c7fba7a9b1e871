using System.Collections.Immutable;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;

namespace IngoDB.Grains.Replicas;

/// <summary>What one copy has changed in the record, told from the record before and after. Others that read the same change tell nothing, so each is told once.</summary>
/// <param name="TookOver">It is primary in a new epoch.</param>
/// <param name="Joined">Into the in-sync set.</param>
/// <param name="Left">Out of it.</param>
internal sealed record RecordEvents(bool TookOver, ImmutableArray<CopyId> Joined, ImmutableArray<CopyId> Left)
{
    public static RecordEvents None { get; } = new(false, [], []);

    public static RecordEvents Between(PartitionRecord? before, PartitionRecord? after, CopyId me)
    {
        if (after is null || before is null || after.Version <= before.Version || after.ChangeId.Copy != me) return None;
        return new(after.Epoch > before.Epoch && after.Primary == me, [.. after.Isr.Members.Where(copy => !before.Isr.Contains(copy))], [.. before.Isr.Members.Where(copy => !after.Isr.Contains(copy))]);
    }
}
