using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Sstables;

/// <summary>
/// Writes one table and whatever is attached to it (its index files). Flush and compaction know only this, so that
/// both leave complete tables behind. Disposed before <see cref="Finish"/>, it leaves no file behind.
/// </summary>
internal interface ITableWriter : IDisposable
{
    /// <summary>Bytes of the table file so far, to split outputs.</summary>
    long FileBytes { get; }

    /// <summary>Appends an entry; in a compaction its origin tells the input and the row it was. Entries come in (key ascending, version descending) order.</summary>
    void Append(in EntryView entry);

    /// <summary>Syncs table, index files and folder.</summary>
    TableInfo Finish();

    /// <summary>After <see cref="Finish"/>: deletes what was written, because the whole it belongs to failed.</summary>
    void Discard();
}

/// <summary>A writer of a new table, with a file number that was never used.</summary>
/// <param name="inputs">Columns of the tables that the entries come from; their codes need not be made again.</param>
internal delegate ITableWriter TableWriterFactory(ColumnInputs inputs);
