// Where a traversal gets its documents, all at one snapshot: an engine, or a coordinator that sends one message per partition
// and hop. A join is asked for a whole frontier at once, as key bytes, and its documents are read one after the other where
// they lie, so that nothing is allocated for one. The reader may stay open while nobody reads: a budget ended the request, and
// the next one goes on exactly there.

using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>One hop of a whole frontier: documents of a collection that hold one of the keys at the field (arrays by any element) and satisfy the filter.</summary>
/// <param name="Fields">What will be read of each document; null is all of it.</param>
public sealed record FrontierJoin(string Collection, FieldPath Field, JoinKeys Keys, Filter? Where, IReadOnlyList<FieldPath>? Fields);

/// <summary>A source of documents for frontiers.</summary>
public interface IFrontierSource
{
    /// <summary>The first frontier: documents of a collection that satisfy the filter (null: all), each once, in any order.</summary>
    NodeReader Start(string collection, Filter? where, IReadOnlyList<FieldPath>? fields);

    /// <summary>In any order; a document that holds several of the keys may come more than once. The keys stay as they are while it is read.</summary>
    NodeReader Join(FrontierJoin join);
}

/// <summary>Documents one after the other. The spans of the current one are valid until the next move. One thread at a time.</summary>
public abstract class NodeReader : IAsyncDisposable
{
    /// <summary>Moves to the next document if it is here already.</summary>
    public abstract bool TryMoveNext();

    /// <summary>Waits for more and moves to the next document; false at the end.</summary>
    public abstract ValueTask<bool> FetchAsync();

    /// <summary>The id as DocumentId writes it.</summary>
    public abstract ReadOnlySpan<byte> IdKey { get; }

    public abstract DocumentVersion Version { get; }

    public abstract Shape Shape { get; }

    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>Nobody reads for a while: waits until nothing is under way.</summary>
    public virtual ValueTask PauseAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Close();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected virtual void Close()
    {
    }
}
