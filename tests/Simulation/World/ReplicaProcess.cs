// A host of one core, as thin as it can be: it performs effects and reports what came of them. Everything else in here is what
// a silo would do around the core: collect writes into groups, decide them in the order of the log, apply what is committed, answer.

using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Simulation.Clients;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.World;

internal sealed class ReplicaProcess
{
    private const int CheckpointEvery = 25;

    private readonly Machine _machine;
    private readonly ReplicaWorld _world;
    private readonly List<Action> _stopped = [];
    private readonly WriteQueue _writes;
    private readonly Dictionary<long, Attempt> _reads = [];
    private readonly Dictionary<long, Item?[]> _readValues = [];
    private readonly Dictionary<long, (Action<Lsn> Then, Action Refused)> _confirmations = [];
    private Action _tick = () => { };
    private bool _isDead;
    private bool _isStopped;
    private TimeSpan _stoppedAt;
    private bool _isSyncing;
    private long _tickets;
    private TimeSpan _savedAt;

    public ReplicaProcess(Machine machine, ReplicaWorld world)
    {
        (_machine, _world) = (machine, world);
        var start = machine.Disk.Recover(new(machine.Copy, machine.Incarnation), world.Flaws) with { IsListed = !machine.IsSpare };
        Lists = machine.Disk.Checkpoint.Clone();
        if (start.IsBroken || start.IsNew) Lists = new();
        Core = new ReplicaCore(start, world.Options with { Jitter = world.HostDice.Span(0, 100) }, machine.Now, world.Rules);
        _writes = new(this, world);
    }

    public ReplicaCore Core { get; }

    public KeyLists Lists { get; private set; }

    public Machine Machine => _machine;

    public bool IsStopped => _isStopped;

    public void Start()
    {
        _tick = () =>
        {
            if (_isDead) return;
            Step(Ticked.Now);
            _world.Agenda.After(_world.Options.TickEvery, _tick);
        };
        _world.Agenda.After(_world.HostDice.Span(0, 100), _tick);
    }

    public void Die()
    {
        _isDead = true;
        _stopped.Clear();
    }

    /// <summary>SIGSTOP: nothing happens here until it goes on; what comes meanwhile waits.</summary>
    public void Stop()
    {
        if (!_isStopped) _stoppedAt = _world.Agenda.Now;
        _isStopped = true;
    }


    public void Continue()
    {
        if (_isStopped && _world.Flaws.HasFlag(Flaws.ClockStandsStillInSuspend)) _machine.Slept += _world.Agenda.Now - _stoppedAt;
        _isStopped = false;
        var waiting = _stopped.ToArray();
        _stopped.Clear();
        foreach (var happening in waiting) happening();
    }

    /// <summary>Something happens to this process, unless it is dead; later, when it is stopped.</summary>
    public void Happen(Action happening)
    {
        if (_isDead) return;
        if (_isStopped) _stopped.Add(() => Happen(happening));
        else happening();
    }

    public void Step(ReplicaEvent what)
    {
        if (_isDead) return;
        if (_isStopped)
        {
            if (what is not Ticked) _stopped.Add(() => Step(what));
            return;
        }

        foreach (var effect in Core.Step(what, _machine.Now))
        {
            _world.Trace?.Invoke($"{_world.Agenda.Now} {_machine}: {what} => {effect}");
            Perform(effect);
            if (_isDead) return;
        }
    }

    public void Request(Attempt attempt) => Happen(() =>
    {
        if (attempt.IsWrite) _writes.Add(attempt);
        else
        {
            _reads[++_tickets] = attempt;
            Step(new ReadRequested(_tickets, attempt.ReadKind) { At = attempt.At, Token = attempt.ReadKind == ReadKind.Session ? attempt.Token : Lsn.None, Staleness = attempt.Staleness });
        }
    });

    public long NextTicket() => ++_tickets;

    /// <summary>Goes on when everything up to an lsn is committed and nobody stands above us.</summary>
    public void Confirm(Lsn after, Action<Lsn> then, Action refused)
    {
        _confirmations[++_tickets] = (then, refused);
        Step(new ReadRequested(_tickets, ReadKind.Strict) { Token = after });
    }

    private void Perform(ReplicaEffect effect)
    {
        switch (effect)
        {
            case Send send: Transmit(send.Envelope); break;
            case SendAppend append: TransmitEntries(append); break;
            case SendSnapshot snapshot: TransmitSnapshot(snapshot); break;
            case WriteEntries write: Write(write.Entries); break;
            case CutLog cut: _machine.Disk.CutAfter(cut.After); break;
            case SaveState state: Save(state); break;
            case InstallSnapshot install: Install(install.Snapshot); break;
            case Commit commit: Apply(commit.UpTo); break;
            case Accepted accepted: _writes.Accepted(accepted); break;
            case Declined declined: _writes.Declined(declined); break;
            case ReadValue read: ReadThenAsk(read.Ticket); break;
            case ServeRead read: Serve(read); break;
            case RefuseRead read: Refuse(read); break;
            case ReadCatalog read: _world.Catalog.Read(_machine.Index, read.Read, Step); break;
            case SwapCatalog swap: _world.Catalog.Swap(_machine.Index, swap.Etag, swap.Record, Step); break;
            case BeganServing: if (_world.Flaws.HasFlag(Flaws.DropsAnswersOnFailover)) Lists.ForgetAnswers(); break;
            case StoppedServing: _writes.StopServing(); break;
            case IngoDB.Replication.Effects.Reopen: Reopen(); break;
            case Dropped: _machine.Erase(); break;
            case Alarm alarm: _world.OnAlarm(_machine, alarm); break;
            default: throw new InvalidOperationException($"No host knows {effect.GetType().Name}.");
        }
    }

    private void Transmit(Envelope envelope) => _world.Send(_machine, envelope);

    private void TransmitEntries(SendAppend append)
    {
        var first = append.Head.Prev.Next;
        if (_machine.Disk.IsTrimmed(first) && append.Last >= first) return;
        if (append.Last < first) Transmit(new(append.From, append.To, append.Head));
        else if (_machine.Disk.TryRead(first, append.Last, out var entries)) Transmit(new(append.From, append.To, append.Head with { Entries = entries }));
        else Reopen();
    }

    private void TransmitSnapshot(SendSnapshot snapshot)
    {
        var lists = Lists.Clone();
        if (lists.Applied < snapshot.AtLeast) return;
        var log = Core.State.Log;
        var version = _machine.Disk.VersionAt(lists.Applied);
        var message = new Snapshot(snapshot.Epoch, lists.Applied, log.History.CutAfter(lists.Applied), log.Ceiling, version, lists);
        _world.Agenda.After(_world.HostDice.Span(5, 60), () => Happen(() => Transmit(new(snapshot.From, snapshot.To, message))));
    }

    private void Write(IReadOnlyList<LogEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++) _machine.Disk.Write(entries[i]);
        Sync();
    }

    /// <summary>One at a time; what was written meanwhile shares the next.</summary>
    private void Sync()
    {
        if (_isSyncing) return;
        _isSyncing = true;
        var (last, generation) = (_machine.Disk.Last, Core.State.Log.Generation);
        _world.Agenda.After(_machine.SyncTime * (0.3 + (_world.HostDice.Next(100) / 100.0)), () =>
        {
            // The disk does its work whether or not the process waits for it.
            if (_isDead) return;
            var failed = _machine.SyncFails;
            _machine.SyncFails = false;
            if (failed) _machine.Disk.FailSync();
            else if (generation == Core.State.Log.Generation) _machine.Disk.Sync(last);
            Happen(() => Synced(failed, last, generation));
        });
    }

    private void Synced(bool failed, Lsn last, long generation)
    {
        _isSyncing = false;
        if (failed && !_world.Flaws.HasFlag(Flaws.TrustsPageCacheAfterFailedSync))
        {
            Poison();
            return;
        }

        if (_machine.Disk.Last > last || generation != Core.State.Log.Generation) Sync();
        Step(new LogSynced(last, generation));
        _writes.Flush();
    }

    private void Poison()
    {
        Step(DiskFailed.Now);
        Reopen();
    }

    /// <summary>From what the disk really holds.</summary>
    private void Reopen() => _machine.CrashAndRestart(_world.HostDice.Span(200, 1000));

    private void Save(SaveState state)
    {
        var file = new StateFile(state.Adopted, state.Record, state.IsWhole || _world.Flaws.HasFlag(Flaws.ForgetsThatItWasBroken), _machine.Disk.Synced);
        // In their order, however slow the disk was for the one before: an older state never replaces a newer one.
        var done = _world.Agenda.Now + (_machine.SyncTime * 2);
        _savedAt = done > _savedAt ? done : _savedAt + TimeSpan.FromTicks(1);
        _world.Agenda.After(_savedAt - _world.Agenda.Now, () =>
        {
            if (_isDead) return;
            _machine.Disk.SaveState(file);
            Happen(() => Step(new StateSaved(state.Adopted, state.IsWhole)));
        });
    }

    private void Install(Snapshot snapshot) => _world.Agenda.After(_world.HostDice.Span(5, 50), () => Happen(() =>
    {
        _machine.Disk.Install(snapshot);
        Lists = ((KeyLists)snapshot.Content).Clone();
        _world.Checkers.SnapshotInstalled(_machine, snapshot);
        Step(new SnapshotInstalled(snapshot));
    }));

    private void Apply(Lsn upTo)
    {
        for (var lsn = Lists.Applied.Next; lsn <= upTo; lsn = lsn.Next)
        {
            if (!_machine.Disk.TryRead(lsn, lsn, out var read))
            {
                Reopen();
                return;
            }

            var entry = read[0];
            Lists.Apply(entry, _world.OperationsOf(entry));
            _world.Checkers.Committed(_machine, entry);
            _writes.Committed(entry);
        }

        if (Lists.Applied - _machine.Disk.Checkpoint.Applied >= CheckpointEvery)
        {
            var to = _machine.Disk.SaveCheckpoint(Lists, _world.KeepEntries);
            _world.Agenda.After(TimeSpan.Zero, () => Happen(() => Step(new LogTrimmed(to))));
        }
    }

    /// <summary>Under a lease: read, and ask only then. Between the two the process may be stopped for a while.</summary>
    private void ReadThenAsk(long ticket)
    {
        // A thread may be held up anywhere, for as long as a collector or a hypervisor likes.
        var heldUp = _world.HostDice.Chance(0.03) ? _world.HostDice.Span(0, 6000) : _world.HostDice.Span(0, 0.5);
        _world.Agenda.After(heldUp, () => Happen(() =>
        {
            _readValues[ticket] = [.. Enumerable.Range(0, KeyLists.Keys).Select(key => Lists[key])];
            _world.Agenda.After(_world.HostDice.Span(0, 0.5), () => Step(new ValueRead(ticket)));
        }));
    }

    private void Serve(ServeRead read)
    {
        if (_confirmations.Remove(read.Ticket, out var confirmation)) confirmation.Then(read.AsOf);
        if (!_reads.Remove(read.Ticket, out var attempt)) return;
        if (attempt.ReadKind == ReadKind.Reserve)
        {
            attempt.Answer(new() { Version = read.At, AsOf = read.AsOf });
            return;
        }

        var head = attempt.ReadKind == ReadKind.Lease && _readValues.Remove(read.Ticket, out var values) ? values[attempt.Key] : Lists[attempt.Key];
        if (read.At != DocumentVersion.None && attempt.ReadKind == ReadKind.Snapshot)
            while (head is not null && head.Version > read.At) head = head.Previous;
        attempt.Answer(new() { Head = head, Version = read.At, AsOf = read.AsOf });
    }

    private void Refuse(RefuseRead read)
    {
        _readValues.Remove(read.Ticket);
        if (_confirmations.Remove(read.Ticket, out var confirmation)) confirmation.Refused();
        if (_reads.Remove(read.Ticket, out var attempt)) attempt.Refuse(read.Primary);
    }
}
