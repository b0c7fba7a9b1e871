// The index files that are open, by table and index. A reader asks for them once, when its query is planned, and
// keeps what it got; so forgetting a table here never takes a file away from anybody. A reader of an older state that
// asks after its table was forgotten gets none and scans the table instead, which is always right.
//
// So does everybody when an index file is damaged where it must be read to open it: the damage is announced by file and
// offset, and the table serves without that index until it is merged into another. A block that is damaged further in
// fails the queries that come to it, by name.

using System.Collections.Concurrent;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Opens index files before the state that names them is published. Thread-safe.</summary>
/// <param name="damaged">Told of a file that cannot be opened.</param>
internal sealed class OpenIndexes(IFileSystem files, string directory, Action<Exception> damaged) : IDisposable
{
    private readonly ConcurrentDictionary<(TableId Table, IndexId Index), TableIndex> _open = new();
    private readonly ConcurrentDictionary<(TableId Table, IndexId Index), Exception> _damaged = new();

    /// <summary>Opens those of a state's tables that are not open yet. One caller at a time.</summary>
    public void Attach(EngineState state)
    {
        foreach (var table in state.Tables)
            foreach (var info in state.Manifest.Tables[table.Info.Id].Indexes)
                if (!_open.ContainsKey((table.Info.Id, info.Index)) && !_damaged.ContainsKey((table.Info.Id, info.Index))) Open(table.Info.Id, info);
    }

    public void Detach(TableId table)
    {
        foreach (var key in _open.Keys)
            if (key.Table == table) _open.TryRemove(key, out _);
    }

    /// <summary>Null when the table does not have the index (yet, or any more).</summary>
    public TableIndex? Find(TableId table, IndexId index) => _open.GetValueOrDefault((table, index));

    private void Open(TableId table, TableIndexInfo info)
    {
        try
        {
            _open[(table, info.Index)] = TableIndex.Open(files, directory, table, info);
        }
        catch (Exception e) when (e is CorruptionException or FileNotFoundException)
        {
            _damaged[(table, info.Index)] = e;
            damaged(e);
        }
    }

    public void Dispose()
    {
        foreach (var index in _open.Values) index.Dispose();
        _open.Clear();
    }
}
