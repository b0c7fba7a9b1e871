// Many writes as pages: each document is encoded once, here, and travels as these bytes to its partition's log.
//
//   writes ──► page (≤ 1 MiB, ≤ 1,000 writes) ──► coordinator      so many pages under way at the same time
//
// A page that fails does not hide what became of the others: its writes get the error as their result. Writes
// that were refused as busy were not written, so they are sent again, alone, until the write timeout.
// What this does not do: keep an order between pages. Two writes of one document belong into one page.

using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

internal sealed class BulkWriter(ReadScope scope, string collection, bool? buffered)
{
    private readonly CoordinatorCalls _calls = scope.Calls;

    public async Task<BulkResult> WriteAsync(IAsyncEnumerable<PendingWrite> writes, CancellationToken cancellationToken)
    {
        scope.RefuseWritesToThePast();
        var replies = new SortedDictionary<int, WriteResult[]>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _calls.Options.BulkParallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(PagesOf(writes), parallel, async (page, token) =>
        {
            var results = await SendAsync(page, token).ConfigureAwait(false);
            lock (replies) replies.Add(page.Ordinal, results);
        }).ConfigureAwait(false);
        return new BulkResult([.. replies.Values.SelectMany(results => results)]);
    }

    /// <summary>One page, all or nothing.</summary>
    public Task<BulkResult> WriteAtomicallyAsync(IReadOnlyList<PendingWrite> writes, CancellationToken cancellationToken)
        => WriteAtomicallyAsync(scope, [(collection, writes)], buffered, cancellationToken);

    /// <summary>All or nothing over several collections; results in the order of the collections and of their writes.</summary>
    public static async Task<BulkResult> WriteAtomicallyAsync(ReadScope scope, IReadOnlyList<(string Collection, IReadOnlyList<PendingWrite> Writes)> groups, bool? buffered, CancellationToken cancellationToken)
    {
        scope.RefuseWritesToThePast();
        if (groups.Count == 0) return new BulkResult([]);
        var pages = groups.Select(group => new CollectionPage { Collection = group.Collection, Page = PageOf(group.Writes) }).ToArray();
        var request = new WriteRequest { Collection = pages[0].Collection, Page = pages[0].Page, More = pages[1..], Database = scope.Database, Atomic = true, Buffered = buffered, WithPositions = scope.IsSession };
        var reply = await scope.Calls.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        scope.Wrote(reply);
        return new BulkResult(Results(reply, [.. groups.SelectMany(group => group.Writes).Select(write => write.Id)]));
    }

    private static byte[] PageOf(IReadOnlyList<PendingWrite> writes)
    {
        var page = new WritePageWriter();
        foreach (var write in writes) write.AddTo(page);
        return page.Finish();
    }

    /// <summary>A single write: what a bulk reports, this throws.</summary>
    public async Task<WriteResult> WriteOneAsync(PendingWrite write, CancellationToken cancellationToken)
    {
        scope.RefuseWritesToThePast();
        var page = new WritePageWriter();
        write.AddTo(page);
        var reply = await CallAsync(Request(page.Finish(), atomic: false), cancellationToken).ConfigureAwait(false);
        var result = Results(reply, [write.Id])[0];
        return result.Status == WriteStatus.Refused ? throw WriteFailures.ToException(result) : result;
    }

    /// <summary>One page whose results only matter when something was not applied.</summary>
    public async Task<IReadOnlyList<WriteResult>> WriteRowsAsync(byte[] page, CancellationToken cancellationToken)
    {
        scope.RefuseWritesToThePast();
        WriteReply? reply = null;
        IngoDBException? error = null;
        try
        {
            reply = await CallAsync(Request(page, atomic: false, brief: !scope.IsSession), cancellationToken).ConfigureAwait(false);
            if (reply.Outcomes.Length == 0) return [];
        }
        catch (IngoDBException failed)
        {
            error = failed;
        }

        var ids = IdsOf(page);
        var results = error is null ? Results(reply!, ids) : [.. ids.Select(id => WriteFailures.ToResult(id, error))];
        await SendBusyAgainAsync(new BulkPage(0, ids, page), results, cancellationToken).ConfigureAwait(false);
        return [.. results.Where(result => result.Status == WriteStatus.Refused)];
    }

    private async IAsyncEnumerable<BulkPage> PagesOf(IAsyncEnumerable<PendingWrite> writes)
    {
        var page = new WritePageWriter();
        var ids = new List<DocumentId>();
        var ordinal = 0;
        await foreach (var write in writes.ConfigureAwait(false))
        {
            write.AddTo(page);
            ids.Add(write.Id);
            if (page.Count < _calls.Options.BulkPageWrites && page.ApproximateBytes < _calls.Options.BulkPageBytes) continue;
            yield return new BulkPage(ordinal++, [.. ids], page.Finish());
            ids.Clear();
        }

        if (ids.Count > 0) yield return new BulkPage(ordinal, [.. ids], page.Finish());
    }

    /// <summary>The result of each write of a page; busy ones were sent again until the write timeout.</summary>
    public async Task<WriteResult[]> SendAsync(BulkPage page, CancellationToken cancellationToken)
    {
        var results = await TrySendAsync(page.Bytes, page.Ids, cancellationToken).ConfigureAwait(false);
        await SendBusyAgainAsync(page, results, cancellationToken).ConfigureAwait(false);
        return results;
    }

    private async Task SendBusyAgainAsync(BulkPage page, WriteResult[] results, CancellationToken cancellationToken)
    {
        var began = _calls.Options.Time.GetTimestamp();
        for (var delay = _calls.Options.RetryDelay; ; delay *= 2)
        {
            var busy = Busy(results);
            if (busy.Count == 0 || _calls.Options.Time.GetElapsedTime(began) + delay >= _calls.Options.WriteTimeout) return;
            await Task.Delay(delay, _calls.Options.Time, cancellationToken).ConfigureAwait(false);
            var again = await TrySendAsync(Pick(page.Bytes, busy), [.. busy.Select(i => page.Ids[i])], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < again.Length; i++) results[busy[i]] = again[i];
        }
    }

    private async Task<WriteResult[]> TrySendAsync(byte[] page, DocumentId[] ids, CancellationToken cancellationToken)
    {
        try
        {
            return Results(await CallAsync(Request(page, atomic: false), cancellationToken).ConfigureAwait(false), ids);
        }
        catch (IngoDBException error)
        {
            return [.. ids.Select(id => WriteFailures.ToResult(id, error))];
        }
    }

    private static List<int> Busy(WriteResult[] results)
    {
        var busy = new List<int>();
        for (var i = 0; i < results.Length; i++)
            if (results[i] is { Status: WriteStatus.Refused, ErrorCode: WriteFailures.Busy }) busy.Add(i);
        return busy;
    }

    private static DocumentId[] IdsOf(byte[] page)
    {
        var reader = new WritePageReader(page);
        var ids = new DocumentId[reader.Count];
        for (var i = 0; reader.MoveNext(); i++) ids[i] = DocumentId.ReadKey(reader.IdKey);
        return ids;
    }

    private static byte[] Pick(byte[] page, List<int> ordinals)
    {
        var source = new WritePageReader(page);
        var target = new WritePageWriter();
        for (int i = 0, picked = 0; picked < ordinals.Count && source.MoveNext(); i++)
        {
            if (ordinals[picked] != i) continue;
            target.Copy(source);
            picked++;
        }

        return target.Finish();
    }

    private WriteRequest Request(byte[] page, bool atomic, bool brief = false) => new() { Collection = collection, Database = scope.Database, Page = page, Atomic = atomic, Buffered = buffered, Brief = brief, WithPositions = scope.IsSession };

    private async Task<WriteReply> CallAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        var reply = await _calls.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        scope.Wrote(reply);
        return reply;
    }

    private static WriteResult[] Results(WriteReply reply, DocumentId[] ids)
    {
        Invariant.Holds(reply.Outcomes.Length == ids.Length);
        var results = new WriteResult[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ref readonly var outcome = ref reply.Outcomes[i];
            results[i] = new WriteResult((WriteStatus)outcome.Status, ids[i], new(outcome.Version), outcome.ErrorCode, outcome.ErrorMessage);
        }

        return results;
    }
}

/// <summary>Writes on their way, and whose they are.</summary>
/// <param name="Ordinal">Its place among the pages of the bulk.</param>
internal sealed record BulkPage(int Ordinal, DocumentId[] Ids, byte[] Bytes);
