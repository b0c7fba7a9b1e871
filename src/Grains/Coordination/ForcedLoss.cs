// How much a forced primary may lose, as far as anybody who answers can say: entries that other copies have and it has not. What those have
// that do not answer nobody knows, and that is said, too.

using System.Globalization;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.States;

namespace IngoDB.Grains.Coordination;

/// <param name="Partition">Which.</param>
/// <param name="Node">Whose copy shall lead.</param>
/// <param name="Last">The copy's log ends here.</param>
/// <param name="LostAtLeast">Entries that copies which answered have beyond that.</param>
/// <param name="NotAsked">Nodes with copies in sync that did not answer: what they have beyond that is not known.</param>
internal sealed record ForcedLoss(int Partition, string Node, long Last, long LostAtLeast, IReadOnlyList<string> NotAsked)
{
    /// <exception cref="InvalidRequestException"><c>cluster.copy_broken</c>: it can not lead.</exception>
    public static ForcedLoss Of(PartitionRecord record, Guid copy, NodeRecord target, IReadOnlyDictionary<Guid, CopyStatusReply> told)
    {
        if (told.GetValueOrDefault(copy) is not { } chosen)
            throw new InvalidRequestException("cluster.copy_silent", $"The copy of partition {record.Partition} on '{target.Name}' does not answer: what it has is not known.", "/node");
        if (chosen.Standing != nameof(Standing.Whole))
            throw new InvalidRequestException("cluster.copy_broken", $"The copy of partition {record.Partition} on '{target.Name}' is {chosen.Standing.ToLowerInvariant()} itself and can not lead.", "/node");
        var copies = record.Copies!;
        var furthest = copies.Places.Max(place => told.TryGetValue(place.Copy, out var other) ? Math.Max(other.Last, other.Committed) : 0);
        var silent = copies.Places.Where(place => copies.InSync.Contains(place.Copy) && place.Copy != copy && !told.ContainsKey(place.Copy)).Select(place => place.Node).ToList();
        return new(record.Partition, target.Name, chosen.Last, Math.Max(0, furthest - chosen.Last), silent);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"The log of partition {Partition} on '{Node}' ends at entry {Last}. {(LostAtLeast > 0 ? $"{LostAtLeast} entries that other copies have" : "No entry that a copy which answers has")} would be lost{(NotAsked.Count == 0 ? "" : $", and beyond that whatever is only on {string.Join(", ", NotAsked)}: that is not known, because they do not answer")}. Make sure that the processes of those nodes are stopped, and accept the loss to go on.");
}
