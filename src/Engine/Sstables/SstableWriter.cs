// STUB of the contract (owner: sstables).
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>
/// Writes one table. Entries come in (key ascending, version descending) order. <see cref="Finish"/> syncs file and
/// folder and gives the TableInfo to put in a VersionEdit; a writer disposed before that deletes its file.
/// </summary>
internal sealed class SstableWriter : IDisposable
{
    public SstableWriter(IFileSystem files, string directory, TableId id, SstableOptions options) => throw new NotImplementedException();

    /// <summary>Bytes written so far, to split outputs.</summary>
    public long FileBytes => throw new NotImplementedException();

    public long EntryCount => throw new NotImplementedException();

    /// <summary>Appends the cursor's current entry; returns its row id in this table.</summary>
    public RowId Add(EntryCursor entry) => throw new NotImplementedException();

    public TableInfo Finish() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <param name="BlockBytes">Uncompressed size at which a block is closed.</param>
/// <param name="FilterBitsPerKey">0 writes no filter.</param>
internal sealed record SstableOptions(int BlockBytes = 8 * 1024, int FilterBitsPerKey = 10, bool Compress = true);
