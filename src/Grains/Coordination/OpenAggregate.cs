using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>An aggregate that has more results to give: a merge that stands in the middle, and pages of the partitions that it has not used up.</summary>
internal sealed class OpenAggregate(PartitionGroups groups, IAsyncEnumerable<StoredDocument> results) : IIdleQuery
{
    private readonly IAsyncEnumerator<StoredDocument> _results = results.GetAsyncEnumerator(CancellationToken.None);
    private bool _stands;

    public PartitionGroups Groups { get; } = groups;

    /// <summary>Results given so far, those of earlier pages included.</summary>
    public long Given { get; private set; }

    /// <summary>The result that was given last.</summary>
    public StoredDocument? Latest { get; private set; }

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
