// Writes of which nobody knows how many there will be: an import, a stream, a queue. They gather into pages; a few pages are
// under way at the same time, and when that many are, the next write waits. So the reader of the source is held back
// to the speed at which the cluster makes writes durable, and memory holds a handful of pages, however long the stream is.
//
//   await UpsertAsync(x) ─► page fills ─► slot free? ─┬─► page under way ─► results counted, refusals kept
//                                            waits ───┘   (4 of them)
//
// What this does not do: keep the order of writes of one document that fall into different pages; keep the result of every
// write (BulkAsync does). A refused write does not stop the others: it is counted and told.

using IngoDB.Client.Calls;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>How far a bulk writer is. A write counts once its page was answered.</summary>
/// <param name="Applied">Writes that took place (a delete of nothing, too).</param>
/// <param name="Refused">Writes with an error; <see cref="IngoBulkWriter{T}.Refusals"/> has the first of them.</param>
/// <param name="Bytes">Bytes of the pages that were answered.</param>
public readonly record struct BulkProgress(long Applied, long Refused, long Pages, long Bytes, TimeSpan Elapsed);

/// <summary>A stream of writes into one collection, held back to the speed of the cluster. One caller at a time.</summary>
public sealed class IngoBulkWriter<T> : IAsyncDisposable
{
    /// <summary>So many refusals are kept; all are counted.</summary>
    public const int RefusalsMax = 1_000;

    private readonly BulkWriter _writer;
    private readonly IDocumentMapper<T> _mapper;
    private readonly ReadScope _scope;
    private readonly IProgress<BulkProgress>? _observer;
    private readonly SemaphoreSlim _slots;
    private readonly WritePageWriter _page = new();
    private readonly List<DocumentId> _ids = [];
    private readonly List<WriteResult> _refusals = [];
    private readonly Lock _counting = new();
    private readonly long _began;
    private BulkProgress _progress;
    private Exception? _fault;
    private bool _completed;

    internal IngoBulkWriter(BulkWriter writer, IDocumentMapper<T> mapper, ReadScope scope, IProgress<BulkProgress>? observer)
    {
        (_writer, _mapper, _scope, _observer) = (writer, mapper, scope, observer);
        _slots = new(Options.BulkParallelism, Options.BulkParallelism);
        _began = Options.Time.GetTimestamp();
    }

    public BulkProgress Progress
    {
        get
        {
            lock (_counting) return _progress;
        }
    }

    /// <summary>The first refused writes, with the reason of each.</summary>
    public IReadOnlyList<WriteResult> Refusals
    {
        get
        {
            lock (_counting) return [.. _refusals];
        }
    }

    private IngoDBClientOptions Options => _scope.Calls.Options;

    /// <summary>Takes a write; waits while as many pages are under way as may be.</summary>
    public ValueTask InsertAsync(T item, CancellationToken cancellationToken = default) => AddAsync(Pending(WriteKind.Insert, item), cancellationToken);

    /// <inheritdoc cref="InsertAsync"/>
    public ValueTask UpsertAsync(T item, CancellationToken cancellationToken = default) => AddAsync(Pending(WriteKind.Upsert, item), cancellationToken);

    /// <inheritdoc cref="InsertAsync"/>
    public ValueTask ReplaceAsync(T item, CancellationToken cancellationToken = default) => AddAsync(Pending(WriteKind.Replace, item), cancellationToken);

    /// <inheritdoc cref="InsertAsync"/>
    public ValueTask PatchAsync(DocumentId id, Patch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return AddAsync(new(WriteKind.Patch, id, null, patch.Steps, DocumentVersion.None), cancellationToken);
    }

    /// <inheritdoc cref="InsertAsync"/>
    public ValueTask DeleteAsync(DocumentId id, CancellationToken cancellationToken = default) => AddAsync(new(WriteKind.Delete, id, null, null, DocumentVersion.None), cancellationToken);

    /// <summary>Sends what is left and waits for all pages. Refused writes are counted, not thrown.</summary>
    public async Task<BulkProgress> CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (!_completed) await SendAsync(cancellationToken).ConfigureAwait(false);
        _completed = true;
        await SettleAsync(cancellationToken).ConfigureAwait(false);
        if (_fault is { } fault) throw new UnknownOutcomeException($"A page of the bulk could not be sent: {fault.Message}", fault);
        return Progress;
    }

    /// <summary>Waits for the pages under way. What was not completed is not sent.</summary>
    public async ValueTask DisposeAsync()
    {
        _completed = true;
        await SettleAsync(CancellationToken.None).ConfigureAwait(false);
        _slots.Dispose();
    }

    private PendingWrite Pending(WriteKind kind, T item)
    {
        var (id, fields) = _mapper.ToDocument(item);
        return new(kind, id ?? _mapper.AssignId(item, _scope.Calls.Ids.Next()), fields, null, DocumentVersion.None);
    }

    private async ValueTask AddAsync(PendingWrite write, CancellationToken cancellationToken)
    {
        if (_completed) throw new InvalidRequestException("bulk.completed", "The bulk is completed; it takes no more writes.", suggestion: "Open another bulk writer");
        write.AddTo(_page);
        _ids.Add(write.Id);
        if (_page.Count >= Options.BulkPageWrites || _page.ApproximateBytes >= Options.BulkPageBytes) await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_ids.Count == 0) return;
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        var page = new BulkPage(0, [.. _ids], _page.Finish());
        _ids.Clear();
        _ = AnswerAsync(page);
    }

    /// <summary>Never throws: what goes wrong with a page is a result of its writes, or told by CompleteAsync.</summary>
    private async Task AnswerAsync(BulkPage page)
    {
        try
        {
            Count(await _writer.SendAsync(page, CancellationToken.None).ConfigureAwait(false), page.Bytes.Length);
        }
        catch (Exception error)
        {
            // A bug of ours or of the observer: the caller hears of it at the end, and the other pages go on.
            _fault ??= error;
        }
        finally
        {
            _slots.Release();
        }
    }

    private void Count(WriteResult[] results, int bytes)
    {
        lock (_counting)
        {
            var refused = 0;
            foreach (var result in results)
            {
                if (result.Status != WriteStatus.Refused) continue;
                refused++;
                if (_refusals.Count < RefusalsMax) _refusals.Add(result);
            }

            _progress = new(_progress.Applied + results.Length - refused, _progress.Refused + refused, _progress.Pages + 1, _progress.Bytes + bytes, Options.Time.GetElapsedTime(_began));
            _observer?.Report(_progress);
        }
    }

    /// <summary>All slots free at once: nothing is under way.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Options.BulkParallelism; i++) await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        _slots.Release(Options.BulkParallelism);
    }
}
