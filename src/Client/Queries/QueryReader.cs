// Reads the pages of a query. The cursor of a page is all that is needed to ask for the next one, so the next page
// is already on its way while the caller looks at this one:
//
//   ask 1 ──► page 1 ─┬─► caller         Two pages at most are held; a caller that stops early cancels the one
//             ask 2 ──┴─► page 2 ─┬─►    that is under way.
//
// Partitions that could not be asked are an exception, unless the caller has said that part of the answer is
// better than none. A budget that ended the query is what the caller asked for: the result says so, and reading
// stops there instead of going around the budget with the next page.

using System.Runtime.CompilerServices;
using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

internal static class QueryReader
{
    public static async Task<QueryResult<T>> ReadAllAsync<T>(ReadScope scope, Query query, IDocumentMapper<T> mapper, bool allowPartial, CancellationToken cancellationToken)
    {
        var pages = new List<QueryResult<T>>();
        await foreach (var page in ReadPagesAsync(scope, query, mapper, allowPartial, cancellationToken).ConfigureAwait(false)) pages.Add(page);
        return QueryResult<T>.Join(pages);
    }

    public static async IAsyncEnumerable<QueryResult<T>> ReadPagesAsync<T>(
        ReadScope scope, Query query, IDocumentMapper<T> mapper, bool allowPartial, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        query = await PreparedAsync(scope, query, cancellationToken).ConfigureAwait(false);
        LiquidValidator.Validate(query);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<PageReply>? next = AskAsync(scope, query, ExplainMode.No, abandoned.Token);
        try
        {
            while (next is not null)
            {
                var reply = await next.ConfigureAwait(false);
                next = null;
                if (reply.MissingPartitions.Length > 0 && !allowPartial) throw Missing(reply.MissingPartitions);

                // The cursor of a walk that a budget stopped would go on walking; groups are those of what was seen, on however many pages.
                if (reply.Cursor is { } cursor && (reply.StoppedBy is null || query is AggregateQuery)) next = AskAsync(scope, WithCursor(query, cursor), ExplainMode.No, abandoned.Token);
                yield return QueryResult<T>.Of(reply, Decode(reply.Page, mapper, IsProjection(query)));
            }
        }
        finally
        {
            if (next is not null)
            {
                await abandoned.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public static async Task<Document> ExplainAsync(ReadScope scope, Query query, bool execute, CancellationToken cancellationToken)
    {
        query = await PreparedAsync(scope, query, cancellationToken).ConfigureAwait(false);
        LiquidValidator.Validate(query);
        var reply = await AskAsync(scope, query, execute ? ExplainMode.Execute : ExplainMode.Plan, cancellationToken).ConfigureAwait(false);
        return SingleDocument.Read(reply.Value) ?? Document.Empty;
    }

    private static List<T> Decode<T>(byte[] page, IDocumentMapper<T> mapper, bool isProjection)
    {
        if (page.Length == 0) return [];
        var reader = new DocumentPageReader(page);
        var items = new List<T>(reader.Count);
        while (reader.MoveNext()) items.Add(mapper.FromDocument(isProjection ? reader.Decode() with { IsProjection = true } : reader.Decode()));
        return items;
    }

    private static bool IsProjection(Query query) => query is ScanQuery { Select: not null } or GetQuery { Select: not null } or TraverseQuery { Select: not null };

    public static UnavailableException Missing(int[] partitions) => new(
        "query.partitions_missing",
        $"Partition{(partitions.Length == 1 ? "" : "s")} {string.Join(", ", partitions)} could not be asked, so the answer would be incomplete. AllowPartial() takes what there is.");

    private static async Task<PageReply> AskAsync(ReadScope scope, Query query, ExplainMode explain, CancellationToken cancellationToken)
    {
        var options = scope.Calls.Options;
        var request = new QueryRequest
        {
            Ast = LiquidBinary.Write(query),
            Database = scope.Database,
            Explain = explain,
            PageBytes = options.ResultPageBytes,
            TimeoutMilliseconds = (int)Math.Min(options.ReadTimeout.TotalMilliseconds, int.MaxValue),
            Concern = scope.Concern,
        };
        var reply = await scope.Calls.QueryAsync(request, cancellationToken).ConfigureAwait(false);
        scope.Saw(reply);
        return reply;
    }

    private static async ValueTask<Query> PreparedAsync(ReadScope scope, Query query, CancellationToken cancellationToken)
    {
        if (scope.Prepare is { } prepare) query = await prepare(query, cancellationToken).ConfigureAwait(false);
        return scope.SnapshotToken is { } token && query.At is null ? query with { At = token } : query;
    }

    private static Query WithCursor(Query query, string cursor) => query switch
    {
        ScanQuery scan => scan with { Cursor = cursor },
        AggregateQuery aggregate => aggregate with { Cursor = cursor },
        TraverseQuery traverse => traverse with { Cursor = cursor },
        PathQuery path => path with { Cursor = cursor },
        _ => throw new InvariantViolationException($"a page of a {query.GetType().Name} has a cursor"),
    };
}
