// Group commit at a primary: writes that come while a sync runs share the next entry. What a write does is decided when its group
// is proposed, in the order of the log: has this session's request been done already, is the list as long as the writer expects. The
// decision looks at what is applied and at what is still under way; an answer leaves only when everything it rests on is committed.

using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Simulation.Clients;

namespace IngoDB.Simulation.World;

internal sealed class WriteQueue(ReplicaProcess process, ReplicaWorld world)
{
    private const int GroupMax = 16;

    private readonly List<Attempt> _queued = [];
    private readonly List<Group> _underWay = [];
    private Group? _proposed;
    private bool _isScheduled;

    public void Add(Attempt attempt)
    {
        if (!process.Core.IsServing)
        {
            attempt.Refuse(process.Core.Primary);
            return;
        }

        _queued.Add(attempt);
        if (_underWay.Count <= 1) Schedule();
    }

    private void Schedule()
    {
        if (_isScheduled) return;
        _isScheduled = true;
        world.Agenda.After(TimeSpan.FromMilliseconds(0.2), () => process.Happen(() =>
        {
            _isScheduled = false;
            Flush();
        }));
    }

    /// <summary>Proposes what has queued up.</summary>
    public void Flush()
    {
        if (_queued.Count == 0 || !process.Core.IsServing) return;
        var group = new Group();
        foreach (var attempt in _queued.Take(GroupMax)) Decide(group, attempt);
        _queued.RemoveRange(0, Math.Min(GroupMax, _queued.Count));
        if (group.Operations.Count == 0)
        {
            // Nothing to write, so nothing that commits will say that we still are the primary: the answer is a strict read of what it rests on.
            process.Confirm(process.Core.State.Log.Last, group.Complete, group.Refuse);
            return;
        }

        _proposed = group;
        process.Step(new Proposed(process.NextTicket(), world.Register(group.Operations), group.Operations.Count));
        _proposed = null;
    }

    public void Accepted(Accepted accepted)
    {
        _proposed!.Lsn = accepted.Lsn;
        _underWay.Add(_proposed);
    }

    public void Declined(Declined declined)
    {
        foreach (var (attempt, _) in _proposed!.Waiting) attempt.Refuse(declined.Primary);
    }

    public void Committed(LogEntry entry)
    {
        while (_underWay.Count > 0 && _underWay[0].Lsn <= entry.Lsn)
        {
            var group = _underWay[0];
            _underWay.RemoveAt(0);
            if (group.Lsn == entry.Lsn && group.Operations.Count > 0) world.Checkers.Acknowledged(entry);
            group.Complete(entry.Lsn);
        }

        if (_queued.Count > 0) Schedule();
    }

    /// <summary>Nobody knows what becomes of what is under way; what was not proposed was not done.</summary>
    public void StopServing()
    {
        foreach (var attempt in _queued) attempt.Refuse(CopyId.None);
        _queued.Clear();
        _underWay.Clear();
    }

    private void Decide(Group group, Attempt attempt)
    {
        var operation = attempt.Operation;
        if (IsAnswered(group, operation)) group.Waiting.Add((attempt, new() { IsDone = true }));
        else if (attempt.ExpectedLength is { } expected && LengthOf(group, operation.Key) is var length && length != expected) group.Waiting.Add((attempt, new() { ConflictLength = length }));
        else
        {
            group.Operations.Add(operation);
            group.Waiting.Add((attempt, new() { IsDone = true }));
        }
    }

    private bool IsAnswered(Group group, AppendOperation operation)
        => process.Lists.Answered(operation.Session) >= operation.Sequence || UnderWay(group).Any(other => other.Session == operation.Session && other.Sequence == operation.Sequence);

    private int LengthOf(Group group, int key) => process.Lists.Length(key) + UnderWay(group).Count(other => other.Key == key || other.OtherKey == key);

    private IEnumerable<AppendOperation> UnderWay(Group group) => _underWay.SelectMany(other => other.Operations).Concat(group.Operations);

    private sealed class Group
    {
        public List<AppendOperation> Operations { get; } = [];

        public List<(Attempt Attempt, Answer Answer)> Waiting { get; } = [];

        public Lsn Lsn { get; set; }

        public void Refuse()
        {
            foreach (var (attempt, _) in Waiting) attempt.Refuse(CopyId.None);
        }

        public void Complete(Lsn asOf)
        {
            foreach (var (attempt, answer) in Waiting) attempt.Answer(answer with { AsOf = asOf });
        }
    }
}
