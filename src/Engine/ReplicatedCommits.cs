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
    private readonly PresentStateReader _applied;
    private readonly HybridClock _clock;
    private long _term;
    private bool _isDraining;
    private bool _isClosed;

    /// <param name="log">Where proposals go.</param>
    /// <param name="shapes">Of the engine.</param>
    /// <param name="applied">The newest applied state of a key.</param>
    /// <param name="lifetimeOf">A collection's time to live in milliseconds.</param>
    /// <param name="clock">Of the engine.</param>
    /// <param name="requestRetention">How long requests are remembered.</param>
    public ReplicatedCommits(IReplicatedLog log, ShapeRegistry shapes, PresentStateReader applied, Func<CollectionId, long> lifetimeOf, HybridClock clock, TimeSpan requestRetention)
    {
        (_log, _applied, _clock) = (log, applied, clock);
        _resolver = new(shapes, Read, lifetimeOf);
        _requests = new(Read, shapes, clock, requestRetention);
        _appliedRequests = new(applied, shapes, clock, requestRetention);
    }

    /// <summary>Results in the order of the writes, once the group is committed and applied.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>: this copy does not lead; nothing was written.</exception>
    /// <exception cref="UnknownOutcomeException">It stopped to lead meanwhile.</exception>
    public async ValueTask<WriteResult[]> CommitAsync(CommitRequest request)
    {
        var waiter = new Waiter(request);
        lock (_queueing)
        {
            if (_isClosed) throw Moved();
            _queue.Enqueue(waiter);
            if (!_isDraining)
            {
                _isDraining = true;
                _ = Task.Run(DrainAsync);
            }
        }

        await waiter.Done.Task.ConfigureAwait(false);
        return request.Results;
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
            lock (_deciding) _pending.Remove(group.Added);
            foreach (var waiter in group.Waiters) waiter.Answer();
        }
        catch (Exception e)
        {
            // What the log says of the group is what each of its callers hears.
            lock (_deciding) _pending.Remove(group.Added);
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
                if (term != _term) _pending.Clear();
                _term = term;
                var versions = Decide(group, first);
                if (versions == 0) return _log.ConfirmAsync(CancellationToken.None);
                var proposal = _log.TryPropose(term, first, _group.WrittenSpan.ToArray(), versions);
                if (proposal.Outcome == ProposalOutcome.Accepted) return proposal.Applied;
                _pending.Remove(group.Added);
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
                waiter.Failure = null;
                offset += Decide(waiter.Request, first, offset, group.Added);
            }
            catch (IngoDBException e)
            {
                // The request's own fault (a sequence used twice); the others of the group are not concerned.
                waiter.Failure = e;
            }
        }

        return (int)offset;
    }

    private uint Decide(CommitRequest request, DocumentVersion first, uint offset, List<(byte[] Key, DocumentVersion Version)> added)
    {
        if (request is { Key.IsGiven: true, Progress: null } && _requests.TryAnswer(request)) return 0;
        var mine = new DocumentVersion(first.Raw + offset);
        _resolver.Resolve(mine, request, _batch);
        if (_batch.Count == 0) return 0;
        var versions = _resolver.VersionCount;
        if (request.Key.IsGiven) _requests.Remember(request, new(mine.Raw + versions - 1), versions - 1, _batch);
        ReplicatedGroup.Add(_group, offset, _batch);
        _pending.Add(_batch, mine, added);
        return versions;
    }

    private PresentState Read(ReadOnlySpan<byte> key) => _pending.TryGet(key, _clock.Now(), out var present) ? present : _applied(key);

    private static UnavailableException Moved() => new("partition.moved", "This copy of the partition is not the primary; another one is, or will be in a moment. Nothing was written.");

    private sealed class Group
    {
        public List<Waiter> Waiters { get; } = [];

        public List<(byte[] Key, DocumentVersion Version)> Added { get; } = [];
    }

    private sealed class Waiter(CommitRequest request)
    {
        public CommitRequest Request { get; } = request;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Bytes { get; } = request.Writes.Sum(write => write.Row.Length);

        public Exception? Failure { get; set; }

        public void Answer()
        {
            if (Failure is { } failure) Done.TrySetException(failure);
            else Done.TrySetResult();
        }

        public void Fail(Exception error) => Done.TrySetException(Failure ?? error);
    }
}
