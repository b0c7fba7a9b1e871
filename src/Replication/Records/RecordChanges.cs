// The changes that a replica may want of the record, as pure functions: decided here, swapped in by the catalog. Whether one
// is allowed is asked of the rules (SafetyRules) by who decides.

using IngoDB.Replication.Members;

namespace IngoDB.Replication.Records;

internal enum ChangeKind
{
    TakeOver,
    Shrink,
    Expand,
    Swap,
}

internal static class RecordChanges
{
    /// <summary>S4: the epoch moves on and the old primary leaves the in-sync set, unless that would go below the minimum.</summary>
    public static PartitionRecord TakeOver(PartitionRecord record, CopyId successor, Func<PartitionRecord, NodeSet, bool> keepsFloor)
    {
        var without = record.Primary == successor ? record.Isr : record.Isr.Without(record.Primary);
        return Next(record) with { Epoch = record.Epoch.Next, Primary = successor, Isr = keepsFloor(record, without) ? without : record.Isr };
    }

    public static PartitionRecord Shrink(PartitionRecord record, CopyId dead) => Next(record) with { Isr = record.Isr.Without(dead) };

    public static PartitionRecord Expand(PartitionRecord record, CopyId newcomer) => Enlist(Next(record) with { Isr = record.Isr.With(newcomer) }, newcomer);

    /// <summary>S3: at the minimum a dead member is replaced, in one step.</summary>
    public static PartitionRecord Swap(PartitionRecord record, CopyId dead, CopyId newcomer)
        => Enlist(Next(record) with { Isr = record.Isr.Without(dead).With(newcomer) }, newcomer);

    /// <summary>
    /// S10, an operator's last resort: a primary from outside the in-sync set. What it lacks is lost, and the count says that something may be.
    /// The operator has made sure that the old primary's process is stopped.
    /// </summary>
    public static PartitionRecord Force(PartitionRecord record, CopyId successor)
        => Enlist(Next(record) with { Epoch = record.Epoch.Next, Primary = successor, Isr = NodeSet.Of(successor), MinIsr = 1, DataLosses = record.DataLosses + 1 }, successor);

    private static PartitionRecord Next(PartitionRecord record) => record with { Version = record.Version + 1 };

    private static PartitionRecord Enlist(PartitionRecord record, CopyId newcomer)
        => record with { Replicas = record.Replicas.With(newcomer), Learners = record.Learners.Without(newcomer) };
}
