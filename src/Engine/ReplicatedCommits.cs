// The write path of a partition with copies, up to the replicated log: what CommitPipeline is for an engine alone. Requests that come
// while others are on their way share a group; a group is decided in the order of the log, on what is applied and what is
// still pending, and its callers go on when it is committed and applied.
//
//   caller ─┐            ┌► group k    proposed ─────────────► applied ─► answers of k
//   caller ─┼─► queue ───┤
//   caller ─┘            └► group k+1  decided on applied + pending (k) ─► proposed ...
//
// A request that writes nothing (a condition that does not hold, one that was done before) rests on what stands before it in the log:
// it is answered with its group, or, when nothing in its group writes, after a confirmation, like a strict read (decision 0071).
//
// When this copy stops to lead, who waits hears that nobody knows, and what was pending is forgotten with the term.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Decides writes and proposes them. Thread-safe.</summary>
internal sealed class ReplicatedCommits : IDisposable
{
    private const int GroupRequestsMax = 512;
    private const int GroupBytesMax = 1 << 20;
    private const int GroupsUnderWayMax = 8;
    private static readonly TimeSpan StuckPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _queueing = new();
    private readonly Lock _deciding = new();
    private readonly Queue<Waiter> _queue = new();
    private readonly SemaphoreSlim _underWay = new(GroupsUnderWayMax);
    private readonly PendingWrites _pending = new();
    private readonly WriteBatchBuilder _batch = new();
    private readonly ArrayBufferWriter<byte> _group = new(4096);
    private readonly IReplicatedLog _log;
    private readonly WriteResolver _resolver;
    private readonly RequestLedger _requests;
    private readonly RequestLedger _appliedRequests;
    private readonly TransactionResolver _transactions;
    private readonly IntentTable _intents;
    private readonly TimeProvider _time;

    /// <summary>Keys of what was proposed as prepared and is not applied, so that the table does not know it yet.</summary>
    private readonly Dictionary<byte[], Group> _proposedHolds = new(KeyComparer.Instance);

    private readonly PresentStateReader _applied;
    private readonly HybridClock _clock;
    private long _term;
    private bool _isDraining;
    private bool _isClosed;

    /// <param name="log">Where proposals go.</param>
    /// <param name="rules">Of transactions.</param>
    /// <param name="intents">What is prepared and applied.</param>
    /// <param name="shapes">Of the engine.</param>
    /// <param name="applied">The newest applied state of a key.</param>
    /// <param name="lifetimeOf">A collection's time to live in milliseconds.</param>
    /// <param name="clock">Of the engine.</param>
    /// <param name="requestRetention">How long requests are remembered.</param>
    /// <param name="time">For those who wait for keys.</param>
    public ReplicatedCommits(IReplicatedLog log, TransactionRules rules, IntentTable intents, ShapeRegistry shapes, PresentStateReader applied, Func<CollectionId, long> lifetimeOf, HybridClock clock, TimeSpan requestRetention, TimeProvider time)
    {
        (_log, _applied, _clock, _intents, _time) = (log, applied, clock, intents, time);
        _resolver = new(shapes, Read, lifetimeOf);
        _requests = new(Read, shapes, clock, requestRetention);
        _appliedRequests = new(applied, shapes, clock, requestRetention);
        _transactions = new(rules, Read, _resolver, _requests, shapes);
    }

    /// <summary>Results in the order of the writes, once the group is committed and applied.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>: this copy does not lead; nothing was written.</exception>
    /// <exception cref="UnknownOutcomeException">It stopped to lead meanwhile.</exception>
    public async ValueTask<WriteResult[]> CommitAsync(CommitRequest request)
    {
        var wait = new HeldWait(_time);
        while (true)
        {
            var waiter = new Waiter(request);
            Enqueue(waiter);
            await waiter.Done.Task.ConfigureAwait(false);
            if (!waiter.IsHeld) return request.Results;
            if (waiter.Holder is { } holder) await wait.ForAsync(holder).ConfigureAwait(false);
        }
    }

    private void Enqueue(Waiter waiter)
    {
        lock (_queueing)
        {
            if (_isClosed) throw Moved();
            _queue.Enqueue(waiter);
            if (_isDraining) return;
            _isDraining = true;
            _ = Task.Run(DrainAsync);
        }
    }

    /// <summary>Nobody writes any more: who still waits for a place hears it, and nothing of his was written.</summary>
    public void Dispose()
    {
        lock (_queueing)
        {
            _isClosed = true;
            while (_queue.TryDequeue(out var waiter)) waiter.Fail(Moved());
        }

        _underWay.Dispose();
    }

    public Task CloseAsync(DocumentVersion version, CancellationToken cancellationToken) => _log.CloseAsync(version, cancellationToken);

    /// <summary>How far a long request came, as far as that is committed.</summary>
    public WriteProgress? FindProgress(in RequestKey request)
    {
        lock (_deciding) return _appliedRequests.FindProgress(request);
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            try
            {
                while (!await _underWay.WaitAsync(StuckPatience).ConfigureAwait(false)) RefuseIfStuck();
            }
            catch (ObjectDisposedException)
            {
                // Closed: who was in the queue has heard it.
                return;
            }

            var group = new Group();
            lock (_queueing)
            {
                var bytes = 0;
                while (group.Waiters.Count < GroupRequestsMax && bytes < GroupBytesMax && _queue.TryDequeue(out var waiter))
                {
                    group.Waiters.Add(waiter);
                    bytes += waiter.Bytes;
                }

                if (group.Waiters.Count == 0)
                {
                    _isDraining = false;
                    Release();
                    return;
                }
            }

            Task done;
            try
            {
                done = Propose(group);
            }
            catch (Exception e)
            {
                // Nothing of the group was proposed: every failure here is before that.
                done = Task.FromException(e);
            }

            _ = FinishAsync(group, done); // tells each caller whatever comes of it
        }
    }

    /// <summary>Nothing comes to its end any more: if the log says why, who still waits for a place hears it, and nothing of his was written.</summary>
    private void RefuseIfStuck()
    {
        try
        {
            _log.Next();
        }
        catch (UnavailableException e)
        {
            lock (_queueing)
                while (_queue.TryDequeue(out var waiter)) waiter.Fail(e);
        }
    }

    private async Task FinishAsync(Group group, Task done)
    {
        try
        {
            await done.ConfigureAwait(false);
            lock (_deciding) RemoveLocked(group);
            foreach (var waiter in group.Waiters) waiter.Answer();
        }
        catch (Exception e)
        {
            // What the log says of the group is what each of its callers hears.
            lock (_deciding) RemoveLocked(group);
            foreach (var waiter in group.Waiters) waiter.Fail(e);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>A group may come to its end after the engine did.</summary>
    private void Release()
    {
        try
        {
            _underWay.Release();
        }
        catch (ObjectDisposedException)
        {
            // Closed: nobody waits for room any more.
        }
    }

    private Task Propose(Group group)
    {
        lock (_deciding)
        {
            while (true)
            {
                if (_log.Next() is not var (first, term)) throw Moved();
                if (term != _term)
                {
                    _pending.Clear();
                    _proposedHolds.Clear();
                }

                _term = term;
                var versions = Decide(group, first);
                if (versions == 0) return _log.ConfirmAsync(CancellationToken.None);
                var proposal = _log.TryPropose(term, first, _group.WrittenSpan.ToArray(), versions);
                if (proposal.Outcome == ProposalOutcome.Accepted) return proposal.Applied;
                RemoveLocked(group);
                group.Added.Clear();
                if (proposal.Outcome == ProposalOutcome.NotPrimary) throw Moved();
            }
        }
    }

    /// <summary>Fills the results and the group; gives how many versions it takes.</summary>
    private int Decide(Group group, DocumentVersion first)
    {
        ReplicatedGroup.Begin(_group);
        _clock.Observe(first);
        var offset = 0u;
        foreach (var waiter in group.Waiters)
        {
            try
            {
                waiter.Begin();
                if (!IsHeldLocked(waiter, group)) offset += Decide(waiter.Request, first, offset, group);
            }
            catch (IngoDBException e)
            {
                // The request's own fault (a sequence used twice); the others of the group are not concerned.
                waiter.Failure = e;
            }
        }

        return (int)offset;
    }

    /// <summary>Whether somebody holds a key of the request. If he is only proposed, the request comes again when that is applied, and finds him in the table.</summary>
    private bool IsHeldLocked(Waiter waiter, Group group)
    {
        if ((!_intents.IsAny && _proposedHolds.Count == 0) || waiter.Request.Step is { NeedsKeys: false }) return false;
        waiter.Holder = _intents.HolderOf(waiter.Request);
        waiter.IsHeld = waiter.Holder is not null || (_proposedHolds.Count > 0 && waiter.Request.Writes.Any(write => _proposedHolds.ContainsKey(EntryKey.Of(write.Collection, write.Id))));
        return waiter.IsHeld;
    }

    private void RemoveLocked(Group group)
    {
        _pending.Remove(group.Added);
        foreach (var key in group.Holds)
            if (_proposedHolds.TryGetValue(key, out var holder) && ReferenceEquals(holder, group)) _proposedHolds.Remove(key);
        group.Holds.Clear();
    }

    private void HoldLocked(CommitRequest request, Group group)
    {
        foreach (var write in request.Writes)
        {
            var key = EntryKey.Of(write.Collection, write.Id);
            _proposedHolds[key] = group;
            group.Holds.Add(key);
        }
    }

    private uint Decide(CommitRequest request, DocumentVersion first, uint offset, Group group)
    {
        if (request.Step is not null) return DecideStep(request, new(first.Raw + offset), offset, group);
        if (request is { Key.IsGiven: true, Progress: null } && _requests.TryAnswer(request)) return 0;
        var mine = new DocumentVersion(first.Raw + offset);
        _resolver.Resolve(mine, request, _batch);
        if (_batch.Count == 0) return 0;
        var versions = _resolver.VersionCount;
        if (request.Key.IsGiven) _requests.Remember(request, new(mine.Raw + versions - 1), versions - 1, _batch);
        ReplicatedGroup.Add(_group, offset, _batch);
        _pending.Add(_batch, mine, group.Added);
        return versions;
    }

    private uint DecideStep(CommitRequest request, DocumentVersion version, uint offset, Group group)
    {
        _transactions.Resolve(version, request, _batch);
        if (_batch.Count == 0) return 0;
        ReplicatedGroup.Add(_group, offset, _batch);
        _pending.Add(_batch, version, group.Added);
        if (request.Step is PrepareStep) HoldLocked(request, group);
        return 1;
    }

    private PresentState Read(ReadOnlySpan<byte> key) => _pending.TryGet(key, _clock.Now(), out var present) ? present : _applied(key);

    private static UnavailableException Moved() => new("partition.moved", "This copy of the partition is not the primary; another one is, or will be in a moment. Nothing was written.");

    private sealed class Group
    {
        public List<Waiter> Waiters { get; } = [];

        public List<(byte[] Key, DocumentVersion Version)> Added { get; } = [];

        /// <summary>Keys of what it prepares.</summary>
        public List<byte[]> Holds { get; } = [];
    }

    private sealed class Waiter(CommitRequest request)
    {
        public CommitRequest Request { get; } = request;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Bytes { get; } = request.Writes.Sum(write => write.Row.Length);

        public Exception? Failure { get; set; }

        /// <summary>Nothing was done: somebody has one of its keys.</summary>
        public bool IsHeld { get; set; }

        /// <summary>Who; null: somebody whose entry is not applied yet.</summary>
        public Intent? Holder { get; set; }

        /// <summary>It is decided, perhaps not for the first time.</summary>
        public void Begin() => (Failure, IsHeld, Holder) = (null, false, null);

        public void Answer()
        {
            if (Failure is { } failure) Done.TrySetException(failure);
            else Done.TrySetResult();
        }

        public void Fail(Exception error) => Done.TrySetException(Failure ?? error);
    }
}
