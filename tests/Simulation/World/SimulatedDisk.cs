// The disk of one replica: a log, a state file and a checkpoint. What was written and not synced is in nobody's hands: when the
// power goes, each record is kept, lost or torn for itself, so a hole may stand before a record that survived.
//
//   survives      whatever a sync that returned 0 covered; the state file as a whole, old or new; the checkpoint as a whole
//   is damaged    by Corrupt: a synced record does not check any more
//   is gone       by the loss of the folder (same node) or of the disk (another node)
//
// Recovery obeys the rule of replication.md 3.4: a record that does not check is a torn tail, unless it lies at or below what some
// valid record, also a later one, or the state file says was synced; then it is corruption, and nothing is cut. A flip in the very last
// synced record, with nothing behind it that says so, can not be told from a torn tail; so Corrupt keeps away from it (docs/replication.md, limits).

using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.World;

/// <summary>The state file (replication.md 3.4: REPLICA).</summary>
internal sealed record StateFile(Epoch Adopted, PartitionRecord? Record, bool IsWhole, Lsn Synced);

internal sealed class SimulatedDisk
{
    private readonly List<Slot> _slots = [];
    private Lsn _base;
    private EpochHistory _baseHistory = EpochHistory.Empty;
    private DocumentVersion _baseCeiling;
    private DocumentVersion _baseVersion;

    /// <summary>Null: there is no replica here.</summary>
    public StateFile? State { get; private set; }

    public KeyLists Checkpoint { get; private set; } = new();

    public Lsn Last => _base + _slots.Count;

    public Lsn Synced { get; private set; }

    /// <summary>A synced record does not check, or the state file says that something is missing.</summary>
    public bool IsDamaged => State is not { IsWhole: true } || _slots.Any(slot => slot is { IsBad: true, IsDurable: true });

    /// <summary>A copy of the folder, as cp makes it.</summary>
    public SimulatedDisk Clone()
    {
        var clone = new SimulatedDisk { State = State, Checkpoint = Checkpoint.Clone(), Synced = Synced, _base = _base, _baseHistory = _baseHistory, _baseCeiling = _baseCeiling, _baseVersion = _baseVersion };
        clone._slots.AddRange(_slots.Select(slot => new Slot(slot.Entry, slot.SyncedBefore) { IsDurable = slot.IsDurable, IsBad = slot.IsBad, IsLost = slot.IsLost }));
        return clone;
    }

    /// <summary>As a new partition is made: an empty log, and a state file that says that this is no loss.</summary>
    public void Make(PartitionRecord record) => State = new(Epoch.None, record, true, Lsn.None);

    public void Write(LogEntry entry)
    {
        Invariant.Holds(entry.Lsn == Last.Next);
        _slots.Add(new(entry, Synced));
    }

    public void Sync(Lsn upTo)
    {
        for (var i = (int)(Lsn.Max(Synced, _base) - _base); i < upTo - _base && i < _slots.Count; i++) _slots[i].IsDurable = !_slots[i].IsLost;
        Synced = Lsn.Max(Synced, Lsn.Min(upTo, Last));
    }

    /// <summary>A sync that failed: the pages count as clean, and never reached the disk.</summary>
    public void FailSync()
    {
        foreach (var slot in _slots)
            if (!slot.IsDurable) slot.IsLost = true;
    }

    /// <summary>Durable before anything is written behind it, and so is what the state file says of it.</summary>
    public void CutAfter(Lsn after)
    {
        _slots.RemoveRange((int)(after - _base), _slots.Count - (int)(after - _base));
        Synced = Lsn.Min(Synced, after);
        if (State is { } state) State = state with { Synced = Lsn.Min(state.Synced, after) };
    }

    /// <summary>What was synced when the save began may have been cut since.</summary>
    public void SaveState(StateFile state) => State = state with { Synced = Lsn.Min(state.Synced, Synced) };

    /// <summary>Everything applied, in one file; the log before it, but some entries for followers, is trimmed.</summary>
    public Lsn SaveCheckpoint(KeyLists lists, int keepEntries)
    {
        Checkpoint = lists.Clone();
        var to = Lsn.Min(new(lists.Applied.Value - keepEntries), Synced);
        if (to <= _base) return _base;
        for (var lsn = _base.Next; lsn <= to; lsn = lsn.Next)
        {
            var entry = At(lsn)!.Entry;
            _baseHistory = _baseHistory.Extend(entry.Epoch, lsn);
            _baseCeiling = entry.Ceiling > _baseCeiling ? entry.Ceiling : _baseCeiling;
            _baseVersion = entry.LastVersion;
        }

        _slots.RemoveRange(0, (int)(to - _base));
        return _base = to;
    }

    public void Install(Snapshot snapshot)
    {
        _slots.Clear();
        _base = Synced = snapshot.Lsn;
        (_baseHistory, _baseCeiling, _baseVersion) = (snapshot.History, snapshot.Ceiling, snapshot.LastVersion);
        Checkpoint = ((KeyLists)snapshot.Content).Clone();
        // What the state file said was synced is gone with the old log; else a torn tail behind the snapshot would count as corruption.
        if (State is { } state) State = state with { Synced = Lsn.Min(state.Synced, snapshot.Lsn) };
    }

    /// <summary>Entries as they are read: checked. False: one does not check.</summary>
    public bool TryRead(Lsn first, Lsn last, out List<LogEntry> entries)
    {
        entries = new((int)Math.Max(0, last - first + 1));
        for (var lsn = first; lsn <= last; lsn = lsn.Next)
        {
            var slot = At(lsn)!;
            if (slot.IsBad) return false;
            entries.Add(slot.Entry);
        }

        return true;
    }

    /// <summary>The last version up to an lsn that is here, or was trimmed last.</summary>
    public DocumentVersion VersionAt(Lsn lsn) => At(lsn)?.Entry.LastVersion ?? _baseVersion;

    public bool IsTrimmed(Lsn lsn) => lsn <= _base;

    /// <summary>Whether the entry would survive the power going now.</summary>
    public bool HoldsDurably(LogEntry entry) => entry.Lsn <= _base ? _baseHistory.At(entry.Lsn) == entry.Epoch : At(entry.Lsn) is { IsDurable: true, IsBad: false } slot && ReferenceEquals(slot.Entry, entry);

    /// <summary>Damages a synced record that something else vouches for. False: there is none.</summary>
    public bool Corrupt(Dice dice)
    {
        if (IsDamaged) return false;
        var vouched = Vouched(bySynced: true);
        var count = (int)Math.Min(vouched - _base, _slots.Count);
        if (count <= 0) return false;
        var slot = _slots[dice.Next(count)];
        if (!slot.IsDurable) return false;
        return slot.IsBad = true;
    }

    /// <summary>The power goes, or the process dies and the machine with it.</summary>
    public void Crash(Dice dice)
    {
        var mood = dice.Next(4);
        foreach (var slot in _slots)
        {
            if (slot.IsDurable) continue;
            var fate = slot.IsLost ? 1 : mood switch { 0 => 1, 1 => 0, _ => dice.Next(3) };
            slot.IsDurable = fate == 0;
            slot.IsBad = fate != 0;
        }
    }

    /// <summary>What a process finds when it opens the replica: cut, rewritten and synced (R7).</summary>
    public ReplicaStart Recover(ReplicaAddress me, Flaws flaws)
    {
        if (State is not { } state)
        {
            // Nothing is acknowledged before the state file is there, so what a log holds without one is nobody's.
            _slots.Clear();
            return new(me, LogState.Empty, Lsn.None, Epoch.None) { IsNew = !flaws.HasFlag(Flaws.RecreatesEmptyReplica) };
        }

        var isBroken = !state.IsWhole || FindsCorruption(flaws);
        var log = LogState.Empty;
        if (!isBroken)
        {
            var ceiling = _baseCeiling;
            var (history, version) = (_baseHistory, _baseVersion);
            foreach (var slot in _slots)
            {
                slot.IsDurable = true;
                history = history.Extend(slot.Entry.Epoch, slot.Entry.Lsn);
                ceiling = slot.Entry.Ceiling > ceiling ? slot.Entry.Ceiling : ceiling;
                version = slot.Entry.LastVersion;
            }

            Synced = Last;
            log = new(_base, Last, Last, history, ceiling, version);
        }

        return new(me, log, isBroken ? Lsn.None : Checkpoint.Applied, flaws.HasFlag(Flaws.ForgetsAdoptedEpoch) ? Epoch.None : state.Adopted) { Record = state.Record, IsBroken = isBroken };
    }

    /// <summary>Cuts a torn tail; true: what does not check is more than that.</summary>
    private bool FindsCorruption(Flaws flaws)
    {
        var bad = _slots.FindIndex(slot => slot.IsBad);
        if (bad < 0) return false;
        if (Vouched() >= _base + bad + 1 && !flaws.HasFlag(Flaws.CutsAtFirstBadRecord)) return true;
        _slots.RemoveRange(bad, _slots.Count - bad);
        Synced = Lsn.Min(Synced, Last);
        return false;
    }

    /// <summary>The highest lsn that a valid record or the state file says was synced.</summary>
    private Lsn Vouched(bool bySynced = false)
    {
        var vouched = State?.Synced ?? Lsn.None;
        foreach (var slot in _slots)
            if (!slot.IsBad && (slot.IsDurable || !bySynced) && slot.SyncedBefore > vouched) vouched = slot.SyncedBefore;
        return vouched;
    }

    private Slot? At(Lsn lsn) => lsn <= _base || lsn > Last ? null : _slots[(int)(lsn - _base - 1)];

    private sealed class Slot(LogEntry entry, Lsn syncedBefore)
    {
        public LogEntry Entry { get; } = entry;

        /// <summary>What was synced when it was written; it carries that.</summary>
        public Lsn SyncedBefore { get; } = syncedBefore;

        public bool IsDurable { get; set; }

        /// <summary>Does not check: torn, lost, or damaged.</summary>
        public bool IsBad { get; set; }

        /// <summary>A failed sync has dropped it from memory.</summary>
        public bool IsLost { get; set; }
    }
}
