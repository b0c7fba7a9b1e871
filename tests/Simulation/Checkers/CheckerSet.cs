using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

/// <summary>One checker per promise; this only tells them what happens.</summary>
internal sealed class CheckerSet(ReplicaWorld world)
{
    private readonly InSyncChecker _inSync = new(world);
    private readonly PlacementChecker _placement = new(world);

    public LogAgreementChecker Log { get; } = new();

    public ListHistoryChecker History { get; } = new();

    public SnapshotChecker Snapshots { get; } = new();

    public SessionChecker Sessions { get; } = new();

    public BoundedChecker Bounded { get; } = new();

    /// <summary>False: only what clients see is judged.</summary>
    public bool LooksInside { get; set; } = true;

    public void Committed(Machine machine, LogEntry entry)
    {
        if (LooksInside) Log.Committed($"{machine}", entry);
    }

    public void Acknowledged(LogEntry entry)
    {
        if (LooksInside) _inSync.Check(entry, world.Catalog.Record, $"acknowledged at {world.Agenda.Now}");
    }

    public void RecordChanged(PartitionRecord record)
    {
        if (!LooksInside) return;
        _inSync.Check(Log.Last, record, $"when the record changed at {world.Agenda.Now}");
    }

    public void Retired(PlacementState before, CopyId copy)
    {
        if (LooksInside) _placement.Retired(before, copy);
    }

    public void Erased(Machine machine)
    {
        if (LooksInside) _placement.Erased(machine);
    }

    public void SnapshotInstalled(Machine machine, Snapshot snapshot)
    {
        if (LooksInside && snapshot.Lsn > (Log.Last?.Lsn ?? Lsn.None)) throw new ViolationException("log agreement", $"{machine} installs a snapshot up to {snapshot.Lsn}, which is committed nowhere");
    }

    /// <summary>Everything is over, and this is what is there.</summary>
    public void CheckFinal(int key, Item? head)
    {
        var final = new FinalList(head);
        History.Check(key, final);
        Snapshots.Check(key, final, History.Appends);
        Sessions.Check(key, final);
        Bounded.Check(key, final, History.Appends);
    }
}
