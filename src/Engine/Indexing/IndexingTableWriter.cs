// A table is born with its indexes: while flush or compaction add rows, this writer collects the index keys of the
// rows it passes on, and when the table is complete it sorts them and writes one index file per definition. So no
// table ever waits for a second pass over itself, and an index can never disagree with its table.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Writes a table and the index files attached to it. One thread.</summary>
internal sealed class IndexingTableWriter : ITableWriter
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly TableId _id;
    private readonly SstableWriter _table;
    private readonly IndexKeys[] _indexes;
    private readonly List<TableIndexInfo> _written = [];
    private readonly byte[] _lastKey = new byte[EntryKey.BytesMax];
    private int _lastKeyBytes;
    private bool _halfFinished;

    /// <param name="indexes">Every index defined at this moment; those of other collections than the rows' leave no file. They are disposed with the writer.</param>
    public IndexingTableWriter(IFileSystem files, string directory, TableId id, SstableOptions options, IReadOnlyCollection<IndexKeys> indexes, ColumnInputs inputs)
    {
        (_files, _directory, _id) = (files, directory, id);
        _table = new SstableWriter(files, directory, id, options, inputs);
        _indexes = [.. indexes];
    }

    public long FileBytes => _table.FileBytes;

    public void Append(in EntryView entry)
    {
        var row = _table.Add(entry);
        if (_indexes.Length == 0) return;
        var superseded = entry.Key.SequenceEqual(_lastKey.AsSpan(0, _lastKeyBytes));
        foreach (var index in _indexes) index.Collect(entry, row, superseded);
        if (superseded) return;
        entry.Key.CopyTo(_lastKey);
        _lastKeyBytes = entry.Key.Length;
    }

    public TableInfo Finish()
    {
        var info = _table.Finish();
        _halfFinished = true;
        foreach (var index in _indexes)
        {
            if (!Holds(info, index.Definition)) continue;
            using var writer = new TableIndexWriter(_files, _directory, _id, index.Definition.Id, index.Contents);
            _written.Add(index.Write(writer));
        }

        _halfFinished = false;
        return info with { Indexes = [.. _written] };
    }

    public void Discard()
    {
        foreach (var index in _written) _files.Delete(Path.Combine(_directory, index.FileName(_id)));
        _files.Delete(Path.Combine(_directory, TableInfo.FileNameOf(_id)));
        _written.Clear();
    }

    public void Dispose()
    {
        foreach (var index in _indexes) index.Dispose();
        _table.Dispose();
        // The table is on disk but one of its indexes could not be written: nobody will ever be told of either.
        if (_halfFinished) Discard();
    }

    private static bool Holds(TableInfo table, IndexDefinition definition)
    {
        foreach (var (collection, _) in table.Collections)
            if (collection == definition.Collection) return true;
        return false;
    }
}
