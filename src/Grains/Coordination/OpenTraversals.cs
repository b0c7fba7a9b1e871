// A traversal between two pages: its frontier is memory, not something that a cursor could carry. It waits here, on the silo
// that began it, for a short time; the cursor names it. When it is gone (another silo, a restart, too late) the traversal is
// replayed at the same snapshot, which gives the same nodes in the same order, up to where the last page ended.

using IngoDB.Engine.Querying;

namespace IngoDB.Grains.Coordination;

/// <summary>A traversal that has more to give.</summary>
internal sealed class OpenTraversal(Traversal traversal, PartitionJoinSource source) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<GraphNode> _nodes = traversal.RunAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);

    public PartitionJoinSource Source { get; } = source;

    public Traversal Traversal { get; } = traversal;

    /// <summary>Nodes given so far, those of earlier pages included.</summary>
    public long Given { get; private set; }

    public GraphNode Current => _nodes.Current;

    public long UsedAt { get; set; }

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!await _nodes.MoveNextAsync().ConfigureAwait(false)) return false;
        Given++;
        return true;
    }

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();
}

/// <summary>The traversals of one silo that wait for their next page. Bounded in number and time; a cache, never a promise. Thread-safe.</summary>
internal sealed class OpenTraversals(TimeProvider time)
{
    private const int TraversalsMax = 32;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OpenTraversal> _idle = [];

    /// <summary>Takes it out, for one page, if it stands exactly after that many nodes.</summary>
    public OpenTraversal? Take(ulong id, long given)
    {
        lock (_gate) return _idle.Remove(id, out var traversal) && traversal.Given == given ? traversal : null;
    }

    public async ValueTask PutAsync(ulong id, OpenTraversal traversal)
    {
        List<OpenTraversal> ended = [];
        lock (_gate)
        {
            traversal.UsedAt = time.GetTimestamp();
            foreach (var (other, idle) in _idle.Where(t => time.GetElapsedTime(t.Value.UsedAt) > IdleMax).ToList()) RemoveLocked(other, idle, ended);
            if (_idle.Count >= TraversalsMax && _idle.MinBy(t => t.Value.UsedAt) is var oldest) RemoveLocked(oldest.Key, oldest.Value, ended);
            _idle[id] = traversal;
        }

        foreach (var idle in ended) await idle.DisposeAsync().ConfigureAwait(false);
    }

    private void RemoveLocked(ulong id, OpenTraversal traversal, List<OpenTraversal> ended)
    {
        _idle.Remove(id);
        ended.Add(traversal);
    }
}
