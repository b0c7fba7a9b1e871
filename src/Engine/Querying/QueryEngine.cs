// The reading half of an engine, as one door: StorageEngine hands in the state and the read point, and gets
// documents. Nothing here writes, and nothing here knows how a state came to be.
// (Interim body: every scan is a primary scan over decoded documents; the planner and its access paths replace it.)

using IngoDB.Engine.Cursors;
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
    public void Attach(EngineState state) => GC.KeepAlive(state);

    /// <summary>The table's last reference is gone: closes its index files.</summary>
    public void Detach(TableId table) => GC.KeepAlive(table);

    /// <summary>The newest entry of the key that the read point sees; false when there is none, or it is deleted or expired.</summary>
    public bool TryGet(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, out EntryHit hit)
    {
        var counters = default(ReadCounters);
        return PointReader.TryGet(state, at, key, ref counters, out hit);
    }

    public DocumentStream Scan(EngineState state, ReadPoint at, ScanRequest request, IDisposable? lease = null, CancellationToken cancellationToken = default)
    {
        lease?.Dispose();
        var found = Documents(state, at, request.Collection).Where(d => FilterEvaluator.Matches(request.Where, d)).ToList();
        found.Sort(new ScanOrder(request.Sort));
        return new ListStream(request.Limit is { } limit && limit < found.Count ? found[..limit] : found);
    }

    public long Count(EngineState state, ReadPoint at, CollectionId collection, Filter? where, CancellationToken cancellationToken = default)
        => Documents(state, at, collection).Count(d => FilterEvaluator.Matches(where, d));

    public DocumentStream Join(EngineState state, ReadPoint at, CollectionId collection, FieldPath field, IReadOnlyCollection<Value> values, Filter? where, IDisposable? lease = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <param name="collections">The collection of a name; null when there is none (then it is empty).</param>
    public DocumentStream Traverse(EngineState state, ReadPoint at, TraverseQuery query, Func<string, CollectionId?> collections, IDisposable? lease = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public Document Explain(EngineState state, ReadPoint at, ScanRequest request, bool execute) => throw new NotImplementedException();

    public void Dispose() => GC.KeepAlive((files, directory, cache));

    private static List<StoredDocument> Documents(EngineState state, ReadPoint at, CollectionId collection)
    {
        var box = new ReadCountersBox();
        var inputs = new List<EntryCursor> { state.Active.OpenCursor() };
        inputs.AddRange(state.Sealed.Select(m => m.OpenCursor()));
        inputs.AddRange(state.Tables.Select(t => t.OpenCursor(box)));
        using var cursor = new VisibleCursor(new MergeCursor(inputs), at);
        var found = new List<StoredDocument>();
        for (var more = cursor.Seek(EntryKey.Prefix(collection)); more && EntryKey.CollectionOf(cursor.Key) == collection; more = cursor.MoveNext())
            found.Add(new(EntryKey.IdOf(cursor.Key), cursor.Version, new RowReader(cursor.Shape, cursor.Row).Decode()));
        return found;
    }
}
