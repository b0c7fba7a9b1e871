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

/// <summary>Changes of a record; whoever wants one of those that are public is no copy, but an operator, or a planner for him.</summary>
public static class RecordChanges
{
    /// <summary>S4: the epoch moves on and the old primary leaves the in-sync set, unless that would go below the minimum.</summary>
    internal static PartitionRecord TakeOver(PartitionRecord record, CopyId successor, Func<PartitionRecord, NodeSet, bool> keepsFloor)
    {
        var without = record.Primary == successor ? record.Isr : record.Isr.Without(record.Primary);
        return Next(record) with { Epoch = record.Epoch.Next, Primary = successor, Isr = keepsFloor(record, without) ? without : record.Isr };
    }

    internal static PartitionRecord Shrink(PartitionRecord record, CopyId dead) => Next(record) with { Isr = record.Isr.Without(dead) };

    internal static PartitionRecord Expand(PartitionRecord record, CopyId newcomer) => Enlist(Next(record) with { Isr = record.Isr.With(newcomer) }, newcomer);

    /// <summary>S3: at the minimum a dead member is replaced, in one step.</summary>
    internal static PartitionRecord Swap(PartitionRecord record, CopyId dead, CopyId newcomer)
        => Enlist(Next(record) with { Isr = record.Isr.Without(dead).With(newcomer) }, newcomer);

    /// <summary>
    /// S10, an operator's last resort: a primary from outside the in-sync set. What it lacks is lost, and the count says that something may be.
    /// The operator has made sure that the old primary's process is stopped.
    /// </summary>
    public static PartitionRecord Force(PartitionRecord record, CopyId successor)
        => Enlist(Next(record) with { Epoch = record.Epoch.Next, Primary = successor, Isr = NodeSet.Of(successor), MinIsr = 1, DataLosses = record.DataLosses + 1 }, successor);

    /// <summary>A copy that was made by order: it gets the log, and is proposed when it has all of it (S2).</summary>
    public static PartitionRecord Learn(PartitionRecord record, CopyId newcomer) => Next(record) with { Learners = record.Learners.With(newcomer) };

    /// <summary>M2: not wanted any more. If it is in-sync, the primary takes it out.</summary>
    public static PartitionRecord Retire(PartitionRecord record, CopyId copy) => Next(record) with { Replicas = record.Replicas.Without(copy), Learners = record.Learners.Without(copy) };

    /// <summary>A node has lost copies and has made another one in their place (S9, decision 0070).</summary>
    public static PartitionRecord Replace(PartitionRecord record, IReadOnlyCollection<CopyId> lost, CopyId copy)
    {
        var replicas = NodeSet.Empty;
        foreach (var wanted in record.Replicas.Members) replicas = replicas.With(lost.Contains(wanted) ? copy : wanted);
        var learners = record.Learners;
        foreach (var one in lost) learners = learners.Without(one);
        return Next(record) with { Replicas = replicas, Learners = replicas.Contains(copy) ? learners : learners.With(copy) };
    }

    /// <summary>S3: the minimum that a forced primary had to give up is kept again.</summary>
    public static PartitionRecord RaiseFloor(PartitionRecord record, int minIsr) => Next(record) with { MinIsr = minIsr };

    private static PartitionRecord Next(PartitionRecord record) => record with { Version = record.Version + 1 };

    private static PartitionRecord Enlist(PartitionRecord record, CopyId newcomer)
        => record with { Replicas = record.Replicas.With(newcomer), Learners = record.Learners.Without(newcomer) };
}
