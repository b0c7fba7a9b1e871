// A query between two pages: a traversal whose frontier no cursor could carry, a merge of groups that stands in the middle. It waits
// here, on the silo that began it, for a short time; the cursor names it. Bounded in number and time, and a cache, never a promise:
// when it is gone (another silo, a restart, too late) whoever comes with the cursor does the same again at the same snapshot,
// which gives the same results in the same order, up to where the last page ended.

namespace IngoDB.Grains.Coordination;

/// <summary>A query that has more to give. One user at a time.</summary>
internal interface IIdleQuery : IAsyncDisposable;

/// <summary>The queries of one kind and silo that wait for their next page. Thread-safe.</summary>
internal sealed class IdleQueries<TQuery>(TimeProvider time)
    where TQuery : class, IIdleQuery
{
    private const int QueriesMax = 32;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (TQuery Query, long UsedAt)> _idle = [];

    /// <summary>Takes it out, for one page, if it stands where the cursor says; otherwise it stays, and null.</summary>
    public TQuery? Take(ulong id, Predicate<TQuery> standsThere)
    {
        lock (_gate) return _idle.TryGetValue(id, out var idle) && standsThere(idle.Query) && _idle.Remove(id) ? idle.Query : null;
    }

    /// <summary>Keeps it for a while; others may have to go.</summary>
    public async ValueTask PutAsync(ulong id, TQuery query)
    {
        List<TQuery> ended = [];
        lock (_gate)
        {
            RemoveLocked(id, ended);
            foreach (var (other, _) in _idle.Where(idle => time.GetElapsedTime(idle.Value.UsedAt) > IdleMax).ToList()) RemoveLocked(other, ended);
            if (_idle.Count >= QueriesMax) RemoveLocked(_idle.MinBy(idle => idle.Value.UsedAt).Key, ended);
            _idle[id] = (query, time.GetTimestamp());
        }

        foreach (var idle in ended) await idle.DisposeAsync().ConfigureAwait(false);
    }

    private void RemoveLocked(ulong id, List<TQuery> ended)
    {
        if (_idle.Remove(id, out var idle)) ended.Add(idle.Query);
    }
}
