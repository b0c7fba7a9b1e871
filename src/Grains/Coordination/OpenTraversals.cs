// A traversal between two pages: its frontier is memory, not something that a cursor could carry. It waits here, on the silo
// that began it, for a short time; the cursor names it. When it is gone (another silo, a restart, too late) the traversal is
// replayed at the same snapshot, which gives the same results in the same order, up to where the last page ended.

using IngoDB.Engine.Traversing;

namespace IngoDB.Grains.Coordination;

/// <summary>A traversal that has more to give.</summary>
internal sealed class OpenTraversal(GraphWalk walk, PartitionFrontierSource source) : IAsyncDisposable
{
    public PartitionFrontierSource Source { get; } = source;

    public GraphWalk Walk { get; } = walk;

    /// <summary>Documents examined when its last page was given.</summary>
    public long ExaminedBefore { get; set; }

    public long UsedAt { get; set; }

    public ValueTask DisposeAsync() => Walk.DisposeAsync();
}

/// <summary>The traversals of one silo that wait for their next page. Bounded in number and time; a cache, never a promise. Thread-safe.</summary>
internal sealed class OpenTraversals(TimeProvider time)
{
    private const int TraversalsMax = 32;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OpenTraversal> _idle = [];

    /// <summary>Takes it out, for one page, if it stands exactly after that many results and documents.</summary>
    public OpenTraversal? Take(ulong id, long given, long examined)
    {
        lock (_gate) return _idle.Remove(id, out var open) && open.Walk.Given == given && open.Walk.DocumentsExamined == examined ? open : null;
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
