// A client does one thing after another: it appends, with a condition or to two keys at once, and reads in every way that there
// is. An attempt that is not answered in time is made again elsewhere, a write under the same number, until the client gives up
// and does not know. What it was told goes into the history; what it did not ask, nobody can have told it.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Clients;

internal sealed class Client(int session, ReplicaWorld world)
{
    private static readonly TimeSpan AttemptPatience = TimeSpan.FromMilliseconds(750);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    private readonly Dice _dice = new(world.Seed, $"client {session}");
    private readonly List<Reservation> _reservations = [];
    private int _sequence;
    private int _target;
    private Lsn _token;
    private readonly int[] _lengths = new int[KeyLists.Keys];

    /// <summary>Takes up no more work.</summary>
    public bool IsRetired { get; set; }

    public bool IsIdle { get; private set; } = true;

    public void Start() => world.Agenda.After(_dice.Span(0, 500), Next);

    /// <summary>One more strict read, answered or not.</summary>
    public void ReadStrictly(int key, Action<Item?> then) => Read(ReadKind.Strict, key, default, answer => then(answer.Head), () => ReadStrictly(key, then));

    private void Next()
    {
        if (IsRetired) return;
        IsIdle = false;
        var key = _dice.Next(KeyLists.Keys);
        switch (_dice.Next(100))
        {
            case < 28: Append(key, KeyLists.NoKey, null); break;
            case < 36: Append(key, (key + 1) % KeyLists.Keys, null); break;
            case < 46: Append(key, KeyLists.NoKey, _lengths[key]); break;
            case < 72: ReadNewest(world.Options.Leases && _dice.Chance(0.6) ? ReadKind.Lease : ReadKind.Strict, key); break;
            case < 82: Reserve(key); break;
            case < 88 when _reservations.Count > 0: ReadSnapshot(_dice.Pick(_reservations), key); break;
            case < 94: ReadSession(key); break;
            default: ReadBounded(key); break;
        }
    }

    private void Rest()
    {
        IsIdle = true;
        world.Agenda.After(_dice.Span(40, 400), Next);
    }

    private void Append(int key, int otherKey, int? expectedLength)
    {
        var operation = new AppendOperation(session, ++_sequence, world.NextValue(), key, otherKey);
        var entry = new HistoryAppend(operation.Value, key, otherKey, world.Agenda.Now);
        world.Checkers.History.Add(entry);
        Try(world.Agenda.Now + Patience);

        void Try(TimeSpan deadline) => Ask((answered, refused) => new(world, answered, refused) { IsWrite = true, Operation = world.Flaws.HasFlag(Flaws.RetriesUnderANewNumber) ? operation with { Sequence = ++_sequence } : operation, ExpectedLength = expectedLength }, answer =>
        {
            if (answer.ConflictLength is { } length)
            {
                // An earlier attempt may be what it collided with: then it is done, and this is no conflict but a lost answer.
                entry.EndAsConflict(world.Agenda.Now, length);
                _lengths[key] = length;
            }
            else entry.EndAsDone(world.Agenda.Now);

            See(answer);
            Rest();
        }, () =>
        {
            if (world.Agenda.Now < deadline) Try(deadline);
            else
            {
                if (!entry.IsInDoubt) entry.EndAsRefused();
                Rest();
            }
        }, () => entry.IsInDoubt = true);
    }

    private void ReadNewest(ReadKind kind, int key)
    {
        var began = world.Agenda.Now;
        Read(kind, key, default, answer =>
        {
            world.Checkers.History.Add(new HistoryRead(key, began, world.Agenda.Now, answer.Head));
            _lengths[key] = answer.Head?.Length ?? 0;
            See(answer);
            Rest();
        }, Rest);
    }

    private void Reserve(int key)
    {
        var began = world.Agenda.Now;
        Read(ReadKind.Reserve, key, default, answer =>
        {
            var reservation = new Reservation(answer.Version, began);
            if (_reservations.Count > 4) _reservations.RemoveAt(0);
            _reservations.Add(reservation);
            ReadSnapshot(reservation, key);
        }, Rest);
    }

    private void ReadSnapshot(Reservation reservation, int key)
    {
        if (_dice.Chance(0.5)) _target = _dice.Next(world.Machines.Count);
        Read(ReadKind.Snapshot, key, reservation.Version, answer =>
        {
            world.Checkers.Snapshots.Add(new(key, reservation.Version, answer.Head, reservation.Began));
            Rest();
        }, Rest);
    }

    private void ReadBounded(int key)
    {
        _target = _dice.Next(world.Machines.Count);
        var (began, bound) = (world.Agenda.Now, _dice.Span(500, 4000));
        Ask((done, refused) => new(world, done, refused) { ReadKind = ReadKind.Bounded, Key = key, Staleness = bound }, answer =>
        {
            world.Checkers.Bounded.Add(new(key, began, bound, answer.Version, answer.Head));
            // Who reads many partitions does so at that version.
            if (_dice.Chance(0.5)) ReadSnapshot(new(answer.Version, null), key);
            else Rest();
        }, Rest, () => { });
    }

    private void ReadSession(int key)
    {
        var token = _token;
        _target = _dice.Next(world.Machines.Count);
        Read(ReadKind.Session, key, default, answer =>
        {
            world.Checkers.Sessions.Add(new(key, token, answer.Head));
            See(answer);
            Rest();
        }, Rest);
    }

    /// <summary>Reads are new each time they are tried: what counts is the interval of the attempt that was answered.</summary>
    private void Read(ReadKind kind, int key, DocumentVersion at, Action<Answer> answered, Action failed)
        => Ask((done, refused) => new(world, done, refused) { ReadKind = kind, Key = key, At = at, Token = _token }, answered, failed, () => { });

    private void Ask(Func<Action<Answer>, Action<CopyId>, Attempt> make, Action<Answer> answered, Action failed, Action inDoubt)
    {
        var machine = world.Machines[_target];
        var isOver = false;
        var attempt = make(answer =>
        {
            isOver = true;
            answered(answer);
        }, primary =>
        {
            isOver = true;
            _target = world.Machines.FirstOrDefault(m => m.Copy == primary)?.Index ?? _dice.Next(world.Machines.Count);
            world.Agenda.After(_dice.Span(20, 150), failed);
        });
        world.Agenda.After(_dice.Span(0.1, 0.8), () => machine.Process?.Request(attempt));
        // Who waits for long sees answers that were held up.
        world.Agenda.After(_dice.Chance(0.1) ? LongPatience : AttemptPatience, () =>
        {
            if (isOver) return;
            attempt.GiveUp();
            inDoubt();
            _target = _dice.Next(world.Machines.Count);
            failed();
        });
    }

    private void See(Answer answer) => _token = Lsn.Max(_token, answer.AsOf);

    private sealed record Reservation(DocumentVersion Version, TimeSpan? Began);
}
