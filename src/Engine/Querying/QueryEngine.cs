// The reading half of an engine, as one door: StorageEngine hands in the state and the read point, and gets
// documents. Nothing here writes, and nothing here knows how a state came to be.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Executes reads. Thread-safe. Streams dispose the lease they are given.</summary>
internal sealed class QueryEngine(IFileSystem files, string directory, TimeProvider time, BlockCache cache) : IDisposable
{
    public QueryStatistics Statistics { get; } = new(time);

    /// <summary>Opens the index files of the state's tables that are not open yet. Call before the state is published.</summary>
    public void Attach(EngineState state) => throw new NotImplementedException();

    /// <summary>The table's last reference is gone: closes its index files.</summary>
    public void Detach(TableId table) => throw new NotImplementedException();

    /// <summary>The newest entry of the key that the read point sees; false when there is none, or it is deleted or expired.</summary>
    public bool TryGet(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, out EntryHit hit) => throw new NotImplementedException();

    public DocumentStream Scan(EngineState state, ReadPoint at, ScanRequest request, IDisposable? lease = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public long Count(EngineState state, ReadPoint at, CollectionId collection, Filter? where, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public DocumentStream Join(EngineState state, ReadPoint at, CollectionId collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, IDisposable? lease = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <param name="collections">The collection of a name; null when there is none (then it is empty).</param>
    public DocumentStream Traverse(EngineState state, ReadPoint at, TraverseQuery query, Func<string, CollectionId?> collections, IDisposable? lease = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public Document Explain(EngineState state, ReadPoint at, ScanRequest request, bool execute) => throw new NotImplementedException();

    public void Dispose() => GC.KeepAlive((files, directory, cache));
}
