// An aggregate between two pages: a merge that stands in the middle, and pages of the partitions that it has not used up. It waits
// here, on the silo that began it, for a short time; it is a cache, never a promise (AggregateCoordinator computes it again).

using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>An aggregate that has more results to give. One user at a time (OpenAggregates hands it out).</summary>
internal sealed class OpenAggregate(PartitionGroups groups, IAsyncEnumerable<StoredDocument> results) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<StoredDocument> _results = results.GetAsyncEnumerator(CancellationToken.None);
    private bool _stands;

    public PartitionGroups Groups { get; } = groups;

    /// <summary>Results given so far, those of earlier pages included.</summary>
    public long Given { get; private set; }

    /// <summary>The result that was given last.</summary>
    public StoredDocument? Latest { get; private set; }

    public long UsedAt { get; set; }

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!await StandsAsync().ConfigureAwait(false)) return false;
        _stands = false;
        Latest = _results.Current;
        Given++;
        return true;
    }

    /// <summary>There is a result that was not given yet.</summary>
    public async ValueTask<bool> StandsAsync() => _stands = _stands || await _results.MoveNextAsync().ConfigureAwait(false);

    public ValueTask DisposeAsync() => _results.DisposeAsync();
}

/// <summary>The aggregates of one silo that wait for their next page. Bounded in number and time. Thread-safe.</summary>
internal sealed class OpenAggregates(TimeProvider time)
{
    private const int AggregatesMax = 32;
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, OpenAggregate> _idle = [];

    /// <summary>Takes it out, for one page, if it stands exactly after that many results.</summary>
    public OpenAggregate? Take(ulong id, long given)
    {
        lock (_gate) return _idle.TryGetValue(id, out var aggregate) && aggregate.Given == given && _idle.Remove(id) ? aggregate : null;
    }

    public async ValueTask PutAsync(ulong id, OpenAggregate aggregate)
    {
        List<OpenAggregate> ended = [];
        lock (_gate)
        {
            aggregate.UsedAt = time.GetTimestamp();
            if (_idle.Remove(id, out var replaced)) ended.Add(replaced);
            foreach (var (other, idle) in _idle.Where(a => time.GetElapsedTime(a.Value.UsedAt) > IdleMax).ToList()) RemoveLocked(other, idle, ended);
            if (_idle.Count >= AggregatesMax && _idle.MinBy(a => a.Value.UsedAt) is var oldest) RemoveLocked(oldest.Key, oldest.Value, ended);
            _idle[id] = aggregate;
        }

        foreach (var idle in ended) await idle.DisposeAsync().ConfigureAwait(false);
    }

    private void RemoveLocked(ulong id, OpenAggregate aggregate, List<OpenAggregate> ended)
    {
        _idle.Remove(id);
        ended.Add(aggregate);
    }
}
