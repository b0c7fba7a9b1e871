// A call costs ten times what a get costs, so gets that are asked for at the same time share one. Nobody waits for company:
// the first one goes at once, alone; those that come while it is under way are gathered, and go together as soon as it is back.
//
//   a ──► call ─────────► a                 one caller: a get is a call, as if this were not here
//         b c d e ──► one call ──► b c d e  many callers: the more there are, the less each one costs
//
// One slow partition must not hold up the others for long. What fills a call or has waited for a tick goes, however many are under way; and
// when a reply had to do without a partition, the ids that were not found are asked for one by one, and so is everything for a
// while, so that only those who want something of that partition learn that it is missing.

using IngoDB.Abstractions;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>The gets of one collection. Thread-safe.</summary>
internal sealed class GatheredGets
{
    private const int IdsMax = 256;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(5);

    private readonly CoordinatorCalls _calls;
    private readonly string? _database;
    private readonly string _collection;
    private readonly Lock _lock = new();
    private readonly Queue<WaitingGet> _waiting = new();
    private readonly ITimer _timer;
    private bool _ticks;
    private int _underWay;
    private long _sent;
    private long _sentAtTick;
    private long _aloneSince = -1;

    public GatheredGets(CoordinatorCalls calls, string? database, string collection)
    {
        (_calls, _database, _collection) = (calls, database, collection);
        _timer = calls.Options.Time.CreateTimer(static gets => ((GatheredGets)gets!).Ticked(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null when there is none.</summary>
    public Task<DocumentRow?> GetAsync(DocumentId id, CancellationToken cancellationToken)
    {
        WaitingGet waiting;
        WaitingGet[]? full = null;
        lock (_lock)
        {
            if (_underWay < _calls.Options.GetCalls || IsAloneLocked())
            {
                _underWay++;
                return FirstAsync(id, cancellationToken);
            }

            _waiting.Enqueue(waiting = new(id));
            if (!_ticks) StartTicksLocked();
            if (_waiting.Count == IdsMax)
            {
                _underWay++;
                full = TakeLocked();
            }
        }

        if (full is not null) _ = TogetherAsync(full);
        return cancellationToken.CanBeCanceled ? waiting.Task.WaitAsync(cancellationToken) : waiting.Task;
    }

    private async Task<DocumentRow?> FirstAsync(DocumentId id, CancellationToken cancellationToken)
    {
        try
        {
            return await AloneAsync(id, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Ended();
        }
    }

    private async Task<DocumentRow?> AloneAsync(DocumentId id, CancellationToken cancellationToken)
    {
        var reply = await _calls.GetAsync(RequestOf([id]), cancellationToken).ConfigureAwait(false);
        if (reply.MissingPartitions.Length > 0) throw Queries.QueryReader.Missing(reply.MissingPartitions);
        if (reply.Page.Length == 0) return null;
        var page = new DocumentPageReader(reply.Page);
        return page.MoveNext() ? RowOf(id, page) : null;
    }

    /// <summary>A call is back: those who wait go in its place.</summary>
    private void Ended()
    {
        WaitingGet[] next;
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _underWay--;
                return;
            }

            next = TakeLocked();
        }

        _ = TogetherAsync(next);
    }

    /// <summary>Never throws: whatever happens, happens to those who wait.</summary>
    private async Task TogetherAsync(WaitingGet[] gets)
    {
        try
        {
            var reply = await _calls.GetAsync(RequestOf([.. gets.Select(get => get.Id)]), CancellationToken.None).ConfigureAwait(false);
            Give(gets, reply);
        }
        catch (Exception e)
        {
            foreach (var get in gets) get.TrySetException(e);
        }
        finally
        {
            Ended();
        }
    }

    /// <summary>The page has the documents in the order of the ids, without those that there are not.</summary>
    private void Give(WaitingGet[] gets, PageReply reply)
    {
        var isWhole = reply.MissingPartitions.Length == 0;
        if (!isWhole) Interlocked.Exchange(ref _aloneSince, _calls.Options.Time.GetTimestamp());
        var page = reply.Page.Length == 0 ? null : new DocumentPageReader(reply.Page);
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        var stands = page?.MoveNext() == true;
        foreach (var get in gets)
        {
            if (stands && page!.IdKey.SequenceEqual(key[..get.Id.WriteKey(key)]))
            {
                get.TrySetResult(RowOf(get.Id, page));
                stands = page.MoveNext();
            }
            else if (isWhole) get.TrySetResult(null);
            else _ = AgainAsync(get);
        }

        Invariant.Holds(!stands);
    }

    /// <summary>Never throws: what happens, happens to the one who waits.</summary>
    private async Task AgainAsync(WaitingGet get)
    {
        try
        {
            get.TrySetResult(await AloneAsync(get.Id, CancellationToken.None).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            get.TrySetException(e);
        }
    }

    private WaitingGet[] TakeLocked()
    {
        var taken = new WaitingGet[Math.Min(_waiting.Count, IdsMax)];
        for (var i = 0; i < taken.Length; i++) taken[i] = _waiting.Dequeue();
        _sent++;
        return taken;
    }

    private bool IsAloneLocked()
    {
        var since = Interlocked.Read(ref _aloneSince);
        if (since < 0) return false;
        if (_calls.Options.Time.GetElapsedTime(since) < AloneFor) return true;
        Interlocked.Exchange(ref _aloneSince, -1);
        return false;
    }

    private void StartTicksLocked()
    {
        (_ticks, _sentAtTick) = (true, _sent);
        _timer.Change(Tick, Tick);
    }

    /// <summary>Nothing was sent for a whole tick although somebody waits: the calls under way are slow, and hold up no others.</summary>
    private void Ticked()
    {
        WaitingGet[] late;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _sent == _sentAtTick)
            {
                _ticks = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            var isLate = _waiting.Count > 0 && _sent == _sentAtTick;
            _sentAtTick = _sent;
            if (!isLate) return;
            _underWay++;
            late = TakeLocked();
            _sentAtTick = _sent;
        }

        _ = TogetherAsync(late);
    }

    private GetRequest RequestOf(ReadOnlySpan<DocumentId> ids) => new() { Collection = _collection, Database = _database, Ids = IdKeys.Write(ids) };

    private static DocumentRow RowOf(DocumentId id, DocumentPageReader page) => new(id, page.Version, page.Shape, page.RowMemory);

    /// <summary>Its caller goes on elsewhere, never on the thread that hands out a page.</summary>
    private sealed class WaitingGet(DocumentId id) : TaskCompletionSource<DocumentRow?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public DocumentId Id { get; } = id;
    }
}
