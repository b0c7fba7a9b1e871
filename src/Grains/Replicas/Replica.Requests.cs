// What writers and readers want of a primary. A write is answered when its entry is applied; a read when the core says that this copy is
// the primary still, and what is committed by then is applied.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;

namespace IngoDB.Grains.Replicas;

internal sealed partial class Replica
{
    private const int ReadsWaitingMax = 4096;
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeardLately = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CommitPatience = TimeSpan.FromSeconds(3);

    private readonly Queue<(Lsn Lsn, TaskCompletionSource Done)> _proposals = new();
    private readonly Dictionary<long, PendingRead> _reads = [];
    private readonly PriorityQueue<PendingRead, long> _served = new();
    private long _tickets;
    private long _term;
    private long _refusedIn = -1;
    private Lsn _applied;
    private DocumentVersion _appliedVersion;
    private Lsn? _accepted;
    private Epoch? _beginning;
    private Lsn _beginsAt;
    private Epoch? _serving;
    private TimeSpan _progressAt;
    private Epoch _adopted;
    private TimeSpan _adoptedAt;

    /// <summary>The epoch in which this copy leads and serves; null: it does not.</summary>
    public Epoch? Serving
    {
        get { lock (_gate) return _serving; }
    }

    /// <summary>When it leads and its epoch has not come to begin: not enough copies answer.</summary>
    /// <exception cref="UnavailableException"><c>partition.not_enough_copies</c>.</exception>
    public void ThrowIfStuck()
    {
        lock (_gate)
            if (_serving is null && _core.Primary == Copy && _applied >= _core.Committed && Now().Steady - _adoptedAt > CommitPatience) throw NotEnoughCopiesLocked();
    }

    /// <summary>It serves, and somebody is there who could instead: who is the last to stop has nobody to wait for.</summary>
    public bool MayHandOff
    {
        get
        {
            lock (_gate) return _serving is not null && _core.Members.Any(member => Now().Steady - member.HeardAt < HeardLately);
        }
    }

    /// <summary>Gives the lead to another copy that has everything; when none takes it, this one goes on.</summary>
    /// <param name="attempt">Each asks another copy.</param>
    public void HandOff(int attempt)
    {
        lock (_gate)
            if (_serving is not null && _core.Record?.Isr.Without(Copy).Members is { Length: > 0 } successors) Post(new HandOffRequested(successors[attempt % successors.Length]));
    }

    public (DocumentVersion First, long Term)? Next()
    {
        lock (_gate)
        {
            if (_serving is null) return null;
            var now = Now();
            if (_proposals.Count > 0 && now.Steady - _progressAt > CommitPatience) throw NotEnoughCopiesLocked();
            return (_core.NextVersion(now), _term);
        }
    }

    public Proposal TryPropose(long term, DocumentVersion first, ReadOnlyMemory<byte> group, int versions)
    {
        lock (_gate)
        {
            if (_serving is null || term != _term) return new(ProposalOutcome.NotPrimary, Task.CompletedTask);
            if (_proposals.Count == 0) _progressAt = Now().Steady;
            _accepted = null;
            Post(new Proposed(++_tickets, group, versions) { First = first });
            if (_accepted is not { } lsn) return new(_serving is null ? ProposalOutcome.NotPrimary : ProposalOutcome.Late, Task.CompletedTask);
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Failed.Task.IsCompleted) done.SetException(Unknown());
            else _proposals.Enqueue((lsn, done));
            return new(ProposalOutcome.Accepted, done.Task);
        }
    }

    /// <summary>This copy was the primary after the call. What was acknowledged before is applied.</summary>
    /// <param name="afterAll">What was proposed before is committed and applied, too.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnavailableException"><c>partition.moved</c>, <c>partition.not_enough_copies</c>.</exception>
    public Task ConfirmAsync(bool afterAll, CancellationToken cancellationToken) => ReadAsync(ReadKind.Strict, DocumentVersion.None, afterAll, cancellationToken);

    /// <summary>A version for a snapshot that contains everything acknowledged before.</summary>
    public Task<DocumentVersion> ReserveAsync(CancellationToken cancellationToken) => ReadAsync(ReadKind.Reserve, DocumentVersion.None, afterAll: false, cancellationToken);

    /// <summary>Nothing will be written at or below the version, and all that was is applied here.</summary>
    public Task CloseAsync(DocumentVersion version, CancellationToken cancellationToken) => HasPassed(version) ? Task.CompletedTask : ReadAsync(ReadKind.Snapshot, version, afterAll: false, cancellationToken);

    /// <summary>Everything that was committed up to the version is applied here, and what follows is newer: entries and versions grow together.</summary>
    public bool HasPassed(DocumentVersion version)
    {
        lock (_gate) return _appliedVersion >= version;
    }

    /// <summary>Everything acknowledged longer ago than the bound is applied here after the call, whether or not this copy leads.</summary>
    /// <returns>A version that covers all of that.</returns>
    /// <exception cref="UnavailableException"><c>partition.moved</c>: it is not known to be so.</exception>
    public Task<DocumentVersion> NotOlderThanAsync(TimeSpan bound, CancellationToken cancellationToken) => ReadAsync(ReadKind.Bounded, DocumentVersion.None, afterAll: false, cancellationToken, bound);

    private async Task<DocumentVersion> ReadAsync(ReadKind kind, DocumentVersion at, bool afterAll, CancellationToken cancellationToken, TimeSpan staleness = default)
    {
        var read = new PendingRead();
        lock (_gate)
        {
            if (_serving is null && kind is not (ReadKind.Snapshot or ReadKind.Bounded)) throw Moved();
            if (_reads.Count >= ReadsWaitingMax) throw new BusyException("Too many reads wait for this partition's copies.", TimeSpan.FromMilliseconds(100));
            _reads[++_tickets] = read;
            Post(new ReadRequested(_tickets, kind) { At = at, Token = afterAll ? _core.Log.Last : Lsn.None, Staleness = staleness });
        }

        try
        {
            return await read.Done.Task.WaitAsync(ConfirmPatience, _world.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_gate) throw NotEnoughCopiesLocked();
        }
    }

    private void ServeLocked(ServeRead serve)
    {
        if (!_reads.Remove(serve.Ticket, out var read)) return;
        read.At = serve.At;
        if (_applied >= serve.AsOf) read.Done.TrySetResult(read.At);
        else _served.Enqueue(read, serve.AsOf.Value);
    }

    private void RefuseLocked(RefuseRead refuse)
    {
        if (!_reads.Remove(refuse.Ticket, out var read)) return;
        read.Done.TrySetException(refuse.Reason == ReadRefusal.FromTheFuture
            ? new InvalidRequestException("snapshot.in_the_future", "The snapshot lies in the future of this partition's clock.")
            : Moved());
    }

    private void BeginServingLocked(Epoch epoch)
    {
        (_beginning, _beginsAt) = (epoch, _core.Committed);
        ServeWhenAppliedLocked();
    }

    /// <summary>Reads and conditions look at the tables: they hold everything inherited before anybody is served.</summary>
    private void ServeWhenAppliedLocked()
    {
        if (_beginning is not { } epoch || _applied < _beginsAt) return;
        (_serving, _beginning) = (epoch, null);
        _term++;
    }

    /// <param name="why">Null: another copy leads.</param>
    private void StopServingLocked(Exception? why)
    {
        (_serving, _beginning) = (null, null);
        _term++;
        // What is committed will be applied, and is answered then, unless this copy comes to its end.
        var keep = why is null ? _core.Committed : Lsn.None;
        for (var left = _proposals.Count; left > 0; left--)
        {
            var proposal = _proposals.Dequeue();
            if (proposal.Lsn <= keep) _proposals.Enqueue(proposal);
            else proposal.Done.TrySetException(Unknown());
        }

        if (why is null) return;
        foreach (var read in _reads.Values) read.Done.TrySetException(Moved());
        _reads.Clear();
        while (_served.TryDequeue(out var read, out _)) read.Done.TrySetException(Moved());
    }

    private void Applied(Lsn upTo, DocumentVersion version)
    {
        lock (_gate)
        {
            (_applied, _appliedVersion) = (upTo, version);
            while (_proposals.TryPeek(out var proposal) && proposal.Lsn <= upTo)
            {
                proposal.Done.TrySetResult();
                _proposals.Dequeue();
                _progressAt = Now().Steady;
            }

            while (_served.TryPeek(out var read, out var asOf) && asOf <= upTo.Value)
            {
                read.Done.TrySetResult(read.At);
                _served.Dequeue();
            }

            ServeWhenAppliedLocked();
            TrimLocked();
        }
    }

    private UnavailableException Moved() => new("partition.moved", $"The copy of {_world.Name} on this node is not its primary{(_core.Primary == Copy ? " yet" : "")}.");

    /// <summary>Every refusal is counted, and the first of a stuck term is told.</summary>
    private UnavailableException NotEnoughCopiesLocked()
    {
        var refusal = new UnavailableException(
            "partition.not_enough_copies",
            $"{_world.Name} must have at least {_core.Record?.MinIsr} of its {_core.Record?.Replicas.Count} copies in sync, and not so many answer. Nothing was written; it goes on as soon as the nodes are back, or other copies have caught up.");
        _world.Metrics.Refused(_world.Database);
        if (_refusedIn != _term) LogRefuses(_world.Logger, _world.Name, refusal.Message);
        _refusedIn = _term;
        return refusal;
    }

    private UnknownOutcomeException Unknown() => new($"The copy of {_world.Name} that took this write has stopped to lead before it was committed; the next one may have it or not.");

    private sealed class PendingRead
    {
        public TaskCompletionSource<DocumentVersion> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DocumentVersion At { get; set; }
    }
}
