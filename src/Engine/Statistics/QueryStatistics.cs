using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Statistics;

/// <summary>What the queries of this engine have cost, by shape. Thread-safe.</summary>
internal sealed class QueryStatistics(TimeProvider time)
{
    public TimeProvider Time { get; } = time;

    public IReadOnlyList<QueryShapeStatistics> Shapes => throw new NotImplementedException();

    /// <summary>Documents written to a collection: what indexes must pay for.</summary>
    public void RecordWrites(CollectionId collection, long documents) => throw new NotImplementedException();

    /// <summary>An index was defined or dropped: the evidence that led to it is used up.</summary>
    public void IndexesChanged(CollectionId collection) => throw new NotImplementedException();
}
