// The index files that are open, by table and index. A reader asks for them once, when its query is planned, and
// keeps what it got; so forgetting a table here never takes a file away from anybody. A reader of an older state that
// asks after its table was forgotten gets none and scans the table instead, which is always right.

using System.Collections.Concurrent;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Opens index files before the state that names them is published. Thread-safe.</summary>
internal sealed class OpenIndexes(IFileSystem files, string directory) : IDisposable
{
    private readonly ConcurrentDictionary<(TableId Table, IndexId Index), TableIndex> _open = new();

    /// <summary>Opens those of a state's tables that are not open yet. One caller at a time.</summary>
    /// <exception cref="Model.CorruptionException">An index file is damaged.</exception>
    public void Attach(EngineState state)
    {
        foreach (var table in state.Tables)
            foreach (var info in state.Manifest.Tables[table.Info.Id].Indexes)
                if (!_open.ContainsKey((table.Info.Id, info.Index))) _open[(table.Info.Id, info.Index)] = TableIndex.Open(files, directory, table.Info.Id, info);
    }

    public void Detach(TableId table)
    {
        foreach (var key in _open.Keys)
            if (key.Table == table) _open.TryRemove(key, out _);
    }

    /// <summary>Null when the table does not have the index (yet, or any more).</summary>
    public TableIndex? Find(TableId table, IndexId index) => _open.GetValueOrDefault((table, index));

    public void Dispose()
    {
        foreach (var index in _open.Values) index.Dispose();
        _open.Clear();
    }
}
