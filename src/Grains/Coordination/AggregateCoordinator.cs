// One page of an aggregate. Partitions group their own documents and send groups in key order, a page at a time; the merge here
// sees equal groups beside each other and holds one of them, however many there are:
//
//   partition 0   Action 41 | Drama 70 | …     ─┐
//   partition 1   Drama 55 | Horror 12 | …      ├─ smallest key next ─► Action 41 │ Drama 125 │ Horror 12 …
//   …                                          ─┘
//
// Between pages the merge waits on this silo (IdleQueries); the cursor names it. When it is gone, the aggregate is computed
// again at the same snapshot, which gives the same results in the same order, and those that were given are skipped.

using System.Buffers;
using System.Runtime.CompilerServices;
using IngoDB.Abstractions;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Querying;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs one page. One use.</summary>
internal sealed class AggregateCoordinator(RequestScope scope, AggregateQuery query, uint collection, IdleQueries<OpenAggregate> open, SpillFolder spill)
{
    private static readonly DocumentId IdWhenSkipped = new(Guid.Empty);

    public async ValueTask<PageReply> RunAsync(byte[] key, int pageBytes)
    {
        var hash = QueryHash.Of(query with { Cursor = null }, collection);
        var token = query.Cursor is null ? null : CursorToken.Read(query.Cursor, key, hash);
        var id = token?.Scan ?? QueryCoordinator.NewScan();
        var snapshot = token?.Snapshot ?? await QueryCoordinator.SnapshotAsync(scope, query.At).ConfigureAwait(false);
        var results = (token is null ? null : open.Take(id, idle => idle.Given == token.Given)) ?? await BeginAsync(snapshot, token?.Given ?? 0).ConfigureAwait(false);
        results.Groups.Scope = scope;
        try
        {
            var (page, more) = await FillAsync(results, pageBytes).ConfigureAwait(false);
            results.Groups.NoteMissing();
            var reply = new PageReply
            {
                Page = query.By.Count == 0 || page.Count == 0 ? [] : page.Finish(),
                Value = query.By.Count == 0 && results.Latest is { } only ? SingleDocument.Write(only.Fields) : null,
                Cursor = more ? new CursorToken(snapshot, hash, id, results.Given, IdKeys.KeyOf(IdWhenSkipped)).Write(key) : null,
                StoppedBy = results.Groups.StoppedBy, // Every page says so: partitions have seen all that they will see before the first.
                Snapshot = snapshot.Raw,
                DocumentsExamined = results.Groups.TakeExamined(),
                MissingPartitions = [.. results.Groups.Missing.Keys],
                Warnings = [.. results.Groups.Missing.Values],
            };
            if (more) await open.PutAsync(id, results).ConfigureAwait(false);
            else await results.DisposeAsync().ConfigureAwait(false);
            return reply;
        }
        catch
        {
            await results.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<(DocumentPageWriter Page, bool More)> FillAsync(OpenAggregate results, int pageBytes)
    {
        var page = new DocumentPageWriter();
        var row = new ArrayBufferWriter<byte>(256);
        var shape = Shape.SelfDescribed;
        while (page.ApproximateBytes < pageBytes)
        {
            if (!await results.MoveNextAsync().ConfigureAwait(false)) return (page, false);
            var result = results.Latest!;
            row.ResetWrittenCount();
            RowWriter.Write(result.Fields, row);
            if (!shape.Fits(result.Fields)) shape = Shape.Of(result.Fields);
            page.Add(IdKeys.KeyOf(result.Id).Span, result.Version, shape, row.WrittenSpan);
        }

        return (page, await results.StandsAsync().ConfigureAwait(false));
    }

    /// <summary>From the beginning, or behind the results that earlier pages gave.</summary>
    private async ValueTask<OpenAggregate> BeginAsync(DocumentVersion snapshot, long given)
    {
        var groups = new PartitionGroups(query, collection, snapshot) { Scope = scope };
        var results = new OpenAggregate(groups, ResultsAsync(groups, query, spill));
        while (results.Given < given && await results.MoveNextAsync().ConfigureAwait(false))
        {
        }

        return results;
    }

    private static async IAsyncEnumerable<StoredDocument> ResultsAsync(PartitionGroups groups, AggregateQuery query, SpillFolder spill, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var merge = new AggregateMerge(query, spill);
        var left = query.Limit ?? long.MaxValue;
        await foreach (var record in groups.RecordsAsync().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (merge.Add(record.OrderKey, record.Row) is not { } result) continue;
            yield return result;
            if (--left == 0) yield break;
        }

        foreach (var result in merge.Finish())
        {
            if (left-- == 0) yield break;
            yield return result;
        }
    }
}
