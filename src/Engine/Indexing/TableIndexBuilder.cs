// An index that is defined when its tables are there already: one pass over the codes of a table, or else over its rows. Nothing is published here.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Gives a table that exists already an index that was defined later. The caller puts the result in a VersionEdit (TableIndexesAdded); until that is durable nobody knows of the file.</summary>
internal static class TableIndexBuilder
{
    private const int RowsPerCancellationCheck = 4096;

    public static TableIndexInfo Build(IFileSystem files, string directory, Sstable table, IndexDefinition definition, KeyRange[]? hot = null, CancellationToken cancellationToken = default)
    {
        using var keys = new IndexKeys(definition, hot);
        return CodeIndexBuilder.TryAdd(table, definition, keys.Contents, () => new(files, directory, table.Info.Id, definition.Id, keys.Contents), out var built) ? built! : BuildFromRows(files, directory, table, keys, cancellationToken);
    }

    /// <summary>The same from its rows.</summary>
    /// <param name="keys">In which nothing has been collected yet.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TableIndexInfo BuildFromRows(IFileSystem files, string directory, Sstable table, IndexKeys keys, CancellationToken cancellationToken = default)
    {
        var definition = keys.Definition;
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        Span<byte> lastKey = stackalloc byte[EntryKey.BytesMax];
        var lastKeyBytes = 0;
        var count = 0;
        for (var found = rows.Seek(EntryKey.Prefix(definition.Collection)); found; found = rows.MoveNext())
        {
            if (++count % RowsPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            if (EntryKey.CollectionOf(rows.Key) != definition.Collection) break;
            keys.Collect(rows.Entry, rows.RowId, superseded: rows.Key.SequenceEqual(lastKey[..lastKeyBytes]));
            rows.Key.CopyTo(lastKey);
            lastKeyBytes = rows.Key.Length;
        }

        using var writer = new TableIndexWriter(files, directory, table.Info.Id, definition.Id, keys.Contents);
        return keys.Write(writer);
    }
}
