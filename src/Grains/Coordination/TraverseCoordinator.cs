// One page of a traversal, or of a search for paths. The machine that walks is the engine's own (GraphWalk: pure, asks an
// IFrontierSource); here it is given the partitions as its source, its results are packed, and a cursor says how many were given.

using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs one page. One use.</summary>
/// <param name="query">Without cursor and point in time; those come beside it.</param>
internal sealed class TraverseCoordinator(RequestScope scope, Query query, IReadOnlyList<Hop> hops, string? cursor, string? at, IReadOnlyDictionary<string, uint> collections, IdleQueries<OpenTraversal> open)
{
    public async ValueTask<PageReply> RunAsync(byte[] key, int pageBytes)
    {
        var hash = QueryHash.Of(query with { At = at }, [collections[query.From], .. hops.Select(hop => collections[hop.To.Collection])]);
        var token = cursor is null ? null : TraversalToken.Read(cursor, key, hash);
        var id = token?.Walk ?? QueryCoordinator.NewScan();
        var snapshot = token?.Snapshot ?? await QueryCoordinator.SnapshotAsync(scope, at).ConfigureAwait(false);
        var traversal = token is null ? Begin(snapshot) : open.Take(id, idle => idle.Walk.Given == token.Given && idle.Walk.DocumentsExamined == token.Examined) ?? await ReplayAsync(snapshot, token).ConfigureAwait(false);
        traversal.Source.Scope = scope;
        try
        {
            var walk = traversal.Walk;
            walk.Resume();
            var page = new DocumentPageWriter();
            var isFull = await FillAsync(walk, page, pageBytes).ConfigureAwait(false);
            var reply = new PageReply
            {
                Page = page.Count == 0 ? [] : page.Finish(),
                Cursor = isFull || walk.StoppedBy is not null ? new TraversalToken(snapshot, hash, id, walk.Given, walk.DocumentsExamined).Write(key) : null,
                StoppedBy = walk.StoppedBy,
                Snapshot = snapshot.Raw,
                DocumentsExamined = walk.DocumentsExamined - traversal.ExaminedBefore,
                MissingPartitions = scope.Missing,
                Warnings = scope.Warnings,
            };
            traversal.ExaminedBefore = walk.DocumentsExamined;
            if (reply.Cursor is null) await traversal.DisposeAsync().ConfigureAwait(false);
            else
            {
                await walk.PauseAsync().ConfigureAwait(false);
                await open.PutAsync(id, traversal).ConfigureAwait(false);
            }

            return reply;
        }
        catch
        {
            await traversal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True when the page is full.</summary>
    private async ValueTask<bool> FillAsync(GraphWalk walk, DocumentPageWriter page, int pageBytes)
    {
        while (await walk.MoveNextAsync(scope.Cancellation).ConfigureAwait(false))
        {
            page.Add(walk.IdKey, walk.Version, walk.Shape, walk.Row);
            if (page.ApproximateBytes >= pageBytes) return true;
        }

        return false;
    }

    private OpenTraversal Begin(DocumentVersion snapshot)
    {
        var source = new PartitionFrontierSource(snapshot, collections) { Scope = scope };
        return new(GraphWalk.Of(query, source, scope.Time), source);
    }

    /// <summary>From the beginning to where the last page ended.</summary>
    private async ValueTask<OpenTraversal> ReplayAsync(DocumentVersion snapshot, TraversalToken token)
    {
        var traversal = Begin(snapshot);
        await traversal.Walk.ReplayAsync(token.Given, token.Examined, scope.Cancellation).ConfigureAwait(false);
        traversal.ExaminedBefore = traversal.Walk.DocumentsExamined;
        return traversal;
    }
}
