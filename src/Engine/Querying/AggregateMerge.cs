// The end of an aggregate, the same in one engine and at a coordinator: records of groups come in, in key order and with equal
// keys beside each other, and results go out. Without a sort each group is given as soon as the next one begins; with one, all of
// them are sorted first.

using IngoDB.Engine.Aggregating;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>From records of groups to results in the order of the query. One thread at a time.</summary>
public sealed class AggregateMerge : IDisposable
{
    private readonly AggregateQuery _query;
    private readonly GroupFold _fold;
    private readonly ResultOrder? _order;

    /// <param name="spill">Where results that are to be sorted go when they are many.</param>
    public AggregateMerge(AggregateQuery query, SpillFolder spill)
    {
        (_query, _fold) = (query, new(query));
        if (query.Sort.Count > 0) _order = new(query.Sort, query.Limit, spill);
    }

    /// <summary>Results come only after the last record.</summary>
    public bool IsSorted => _order is not null;

    /// <summary>One record. A group that it has ended is given back, unless results are sorted.</summary>
    public StoredDocument? Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> state) => Keep(_fold.Add(key, state));

    /// <summary>There are no more records: what is left, in order.</summary>
    public IEnumerable<StoredDocument> Finish()
    {
        var last = Keep(_fold.Finish());
        return _order is null ? last is null ? [] : [last] : Limited(_order.InOrder());
    }

    public void Dispose() => _order?.Dispose();

    private IEnumerable<StoredDocument> Limited(IEnumerable<StoredDocument> results) => _query.Limit is { } limit ? results.Take(limit) : results;

    private StoredDocument? Keep(StoredDocument? result)
    {
        if (result is null || _order is null) return result;
        _order.Add(result, _fold.FinishedGroup);
        return null;
    }
}
