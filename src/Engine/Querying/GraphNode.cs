using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A document as a traversal meets it: encoded, and its own copy.</summary>
public sealed record GraphNode(ReadOnlyMemory<byte> IdKey, DocumentVersion Version, Shape Shape, ReadOnlyMemory<byte> Row)
{
    /// <summary>A copy of a stream's current document.</summary>
    public static GraphNode Of(DocumentStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(stream.IdKey.ToArray(), stream.Version, stream.Shape, stream.Row.ToArray());
    }

    public DocumentId Id => DocumentId.ReadKey(IdKey.Span);

    public StoredDocument Decode() => new(Id, Version, new RowReader(Shape, Row.Span).Decode());
}

/// <summary>
/// Where a traversal gets its documents, all at one snapshot: an engine, or a coordinator that sends one message per
/// partition and hop (values of `_id` to their partitions, other values to all).
/// </summary>
public interface IJoinSource
{
    /// <summary>The first frontier: documents of a collection that satisfy the filter (null: all), in any order.</summary>
    IAsyncEnumerable<GraphNode> StartAsync(string collection, Filter? where, CancellationToken cancellationToken);

    /// <summary>Documents that hold one of the values at the field (arrays by any element) and satisfy the filter, in any order, each once.</summary>
    IAsyncEnumerable<GraphNode> JoinAsync(string collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, CancellationToken cancellationToken);
}
