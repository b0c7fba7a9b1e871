// One page of a traversal. The machine that walks is the engine's own (Traversal: pure, asks an IJoinSource); here it is given
// the partitions as its source, its nodes are projected and packed, and a cursor says how many were given.

using System.IO.Hashing;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs one page. One use.</summary>
internal sealed class TraverseCoordinator(RequestScope scope, TraverseQuery query, IReadOnlyDictionary<string, uint> collections, OpenTraversals open)
{
    public async ValueTask<PageReply> RunAsync(byte[] key, int pageBytes)
    {
        var hash = XxHash3.HashToUInt64(LiquidBinary.Write(query with { Cursor = null }));
        var token = query.Cursor is null ? null : CursorToken.Read(query.Cursor, key, hash);
        var id = token?.Scan ?? QueryCoordinator.NewScan();
        var snapshot = token?.Snapshot ?? await QueryCoordinator.SnapshotAsync(scope, query.At).ConfigureAwait(false);
        var walk = (token is null ? null : open.Take(id, token.Given)) ?? await BeginAsync(snapshot, token?.Given ?? 0).ConfigureAwait(false);
        walk.Source.Scope = scope;
        try
        {
            var page = new DocumentPageWriter();
            var last = await FillAsync(walk, page, pageBytes).ConfigureAwait(false);
            string? cursor = null;
            if (last is null) await walk.DisposeAsync().ConfigureAwait(false);
            else
            {
                cursor = new CursorToken(snapshot, hash, id, walk.Given, last.IdKey).Write(key);
                await open.PutAsync(id, walk).ConfigureAwait(false);
            }

            return new()
            {
                Page = page.Count == 0 ? [] : page.Finish(),
                Cursor = cursor,
                StoppedBy = walk.Traversal.StoppedBy,
                Snapshot = snapshot.Raw,
                DocumentsExamined = walk.Traversal.DocumentsExamined,
                MissingPartitions = scope.Missing,
                Warnings = scope.Warnings,
            };
        }
        catch
        {
            await walk.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The last node when the page is full; null when there are no more.</summary>
    private async ValueTask<GraphNode?> FillAsync(OpenTraversal walk, DocumentPageWriter page, int pageBytes)
    {
        var projection = query.Select is null ? null : new Projection(query.Select);
        while (await walk.MoveNextAsync().ConfigureAwait(false))
        {
            var node = walk.Current;
            if (projection is null) page.Add(node.IdKey.Span, node.Version, node.Shape, node.Row.Span);
            else
            {
                projection.Apply(node.Shape, node.Row.Span);
                page.Add(node.IdKey.Span, node.Version, projection.Shape, projection.Row);
            }

            if (page.ApproximateBytes >= pageBytes) return node;
        }

        return null;
    }

    /// <summary>From the beginning, or replayed up to where the last page ended.</summary>
    private async ValueTask<OpenTraversal> BeginAsync(DocumentVersion snapshot, long given)
    {
        var source = new PartitionJoinSource(snapshot, collections) { Scope = scope };
        var walk = new OpenTraversal(new Traversal(query with { Cursor = null, At = null }, source, scope.Time), source);
        while (walk.Given < given && await walk.MoveNextAsync().ConfigureAwait(false))
        {
        }

        return walk;
    }
}
