// The joins of a traversal inside one engine. Where the target is `_id` they are point reads, sixteen at a time so that their
// misses overlap; elsewhere each join is a query of its own: planned (index, codes of a column, rows), and told to the
// statistics as an edge, so that an index on its target is learned.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>One engine at one read point as a source. One thread at a time.</summary>
/// <param name="collections">The collection of a name; null when there is none (then it is empty).</param>
internal sealed class EngineFrontierSource(QueryEngine queries, EngineState state, ReadPoint at, Func<string, CollectionId?> collections, CancellationToken cancellationToken) : IFrontierSource
{
    public NodeReader Start(string collection, Filter? where, IReadOnlyList<FieldPath>? fields)
        => collections(collection) is { } id ? new StreamReader(queries.Scan(state, at, new(id) { Where = where }, lease: null, cancellationToken)) : new NoNodes();

    public NodeReader Join(FrontierJoin join)
    {
        if (collections(join.Collection) is not { } id) return new NoNodes();
        return new StreamReader(queries.Join(state, at, new(id) { Where = join.Where }, join.Field, join.Keys, ordered: false, lease: null, cancellationToken));
    }

    private sealed class NoNodes : NodeReader
    {
        public override ReadOnlySpan<byte> IdKey => default;

        public override DocumentVersion Version => default;

        public override Shape Shape => Shape.SelfDescribed;

        public override ReadOnlySpan<byte> Row => default;

        public override bool TryMoveNext() => false;

        public override ValueTask<bool> FetchAsync() => new(false);
    }

    private sealed class StreamReader(DocumentStream stream) : NodeReader
    {
        public override ReadOnlySpan<byte> IdKey => stream.IdKey;

        public override DocumentVersion Version => stream.Version;

        public override Shape Shape => stream.Shape;

        public override ReadOnlySpan<byte> Row => stream.Row;

        public override bool TryMoveNext() => stream.MoveNext();

        public override ValueTask<bool> FetchAsync() => new(false);

        protected override void Close() => stream.Dispose();
    }
}
