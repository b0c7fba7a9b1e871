// A table is born with its indexes: when it is complete one index file per definition is written beside it. So no table ever waits until somebody
// comes back to it, and an index can never disagree with its table. Where the entries come from, the cheapest first:
//
//   codes      the fields have columns, which were made while the rows passed: counted into order, no row looked at, nothing sorted again
//   keys       collected from the rows as they pass, and sorted
//   the table  its rows are read once more: columns were expected (IndexRoutes) and are not there
//
// Measured: 32 to 46 ns a row from codes, 120 to 190 from keys, of which 30 are the sort (bench/Engine.Benchmarks -- --index-builds).

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
    private readonly IndexKeys[] _collecting;
    private readonly IndexRoutes _routes;
    private readonly HashSet<uint> _noPuts = [];
    private readonly List<TableIndexInfo> _written = [];
    private readonly byte[] _lastKey = new byte[EntryKey.BytesMax];
    private int _lastKeyBytes;
    private bool _halfFinished;

    /// <param name="indexes">Every index defined at this moment; those of other collections than the rows' leave no file. They are disposed with the writer.</param>
    public IndexingTableWriter(IFileSystem files, string directory, TableId id, SstableOptions options, IReadOnlyCollection<IndexKeys> indexes, ColumnInputs inputs, IndexRoutes routes)
    {
        (_files, _directory, _id, _routes) = (files, directory, id, routes);
        _table = new SstableWriter(files, directory, id, options, inputs);
        _indexes = [.. indexes];
        _collecting = [.. indexes.Where(index => !options.Columns || index.Contents.Carries || !routes.AreFromCodes(index.Definition.Id))];
    }

    public long FileBytes => _table.FileBytes;

    public void Append(in EntryView entry)
    {
        var row = _table.Add(entry);
        if (_indexes.Length == 0) return;
        if (entry.Kind != EntryKind.Put) _noPuts.Add(row.Value);
        if (_collecting.Length == 0) return;
        var superseded = entry.Key.SequenceEqual(_lastKey.AsSpan(0, _lastKeyBytes));
        foreach (var index in _collecting) index.Collect(entry, row, superseded);
        if (superseded) return;
        entry.Key.CopyTo(_lastKey);
        _lastKeyBytes = entry.Key.Length;
    }

    public TableInfo Finish()
    {
        var info = _table.Finish();
        _halfFinished = true;
        foreach (var index in _indexes)
            if (info.RowsOf(index.Definition.Collection) > 0) _written.Add(WriteIndex(index, info));
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

    private TableIndexInfo WriteIndex(IndexKeys index, TableInfo table)
    {
        var definition = index.Definition;
        var columns = _table.Columns.FirstOrDefault(columns => columns.Collection == definition.Collection);
        var fromCodes = CodeIndexBuilder.TryAdd(columns is null ? null : EncodedColumns.Of(columns), definition, index.Contents, row => !_noPuts.Contains(row.Value), Open, out var built);
        _routes.Note(definition.Id, fromCodes);
        if (fromCodes) return built!;
        if (_collecting.Contains(index))
        {
            using var writer = Open();
            return index.Write(writer);
        }

        using var written = _routes.Open(table);
        return TableIndexBuilder.BuildFromRows(_files, _directory, written, index);

        TableIndexWriter Open() => new(_files, _directory, _id, definition.Id, index.Contents);
    }
}
