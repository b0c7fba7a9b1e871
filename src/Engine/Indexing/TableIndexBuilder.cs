// An index that is defined when its tables are there already: one pass over the codes of a table, or else over its rows. Nothing is published here.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Files;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Indexing;

/// <summary>Gives a table that exists already an index that was defined later. The caller puts the result in a VersionEdit (TableIndexesAdded); until that is durable nobody knows of the file. The file is durable when it is returned, its name not before the folder is synced.</summary>
internal static class TableIndexBuilder
{
    private const int RowsPerCancellationCheck = 4096;

    public static TableIndexInfo Build(IFileSystem files, string directory, Sstable table, IndexDefinition definition, KeyRange[]? hot = null, CancellationToken cancellationToken = default)
    {
        var contents = IndexKeys.ContentsOf(definition, hot);
        if (CodeIndexBuilder.TryAdd(table, definition, contents, Writer, out var built)) return built!;
        using var keys = new IndexKeys(definition, hot);
        Collect(table, keys, int.MaxValue, cancellationToken);
        using var writer = Writer();
        return keys.Write(writer);

        TableIndexWriter Writer() => new(files, directory, table.Info.Id, definition.Id, contents) { SyncsName = false };
    }

    /// <summary>The same from its rows, whatever columns it has, and with its name.</summary>
    /// <param name="keys">In which nothing has been collected yet.</param>
    public static TableIndexInfo BuildFromRows(IFileSystem files, string directory, Sstable table, IndexKeys keys, CancellationToken cancellationToken = default)
    {
        Collect(table, keys, int.MaxValue, cancellationToken);
        using var writer = new TableIndexWriter(files, directory, table.Info.Id, keys.Definition.Id, keys.Contents);
        return keys.Write(writer);
    }

    /// <summary>Takes the keys of a table.</summary>
    /// <param name="rowsMax">Further rows are left out, for a rehearsal.</param>
    public static void Collect(Sstable table, IndexKeys keys, int rowsMax, CancellationToken cancellationToken)
    {
        if (keys.TakesValues && !table.HasOlder) CollectPuts(table, keys, rowsMax, cancellationToken);
        else CollectEntries(table, keys, rowsMax, cancellationToken);
    }

    /// <summary>Each document is there once: only what lies in the row is looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CollectPuts(Sstable table, IndexKeys keys, int rowsMax, CancellationToken cancellationToken)
    {
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        var left = (int)Math.Min(rowsMax, table.Info.RowsOf(keys.Definition.Collection));
        for (var found = rows.Seek(EntryKey.Prefix(keys.Definition.Collection)); found && left > 0; left--, found = rows.MoveNext())
        {
            if (left % RowsPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            if (rows.Kind == EntryKind.Put) keys.CollectPut(rows.Shape, rows.Row, new RowReference(rows.RowId, Superseded: false).Encoded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CollectEntries(Sstable table, IndexKeys keys, int rowsMax, CancellationToken cancellationToken)
    {
        using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        Span<byte> lastKey = stackalloc byte[EntryKey.BytesMax];
        var lastKeyBytes = 0;
        var count = 0;
        for (var found = rows.Seek(EntryKey.Prefix(keys.Definition.Collection)); found && count < rowsMax; found = rows.MoveNext())
        {
            if (++count % RowsPerCancellationCheck == 0) cancellationToken.ThrowIfCancellationRequested();
            if (EntryKey.CollectionOf(rows.Key) != keys.Definition.Collection) break;
            keys.Collect(rows.Entry, rows.RowId, superseded: rows.Key.SequenceEqual(lastKey[..lastKeyBytes]));
            rows.Key.CopyTo(lastKey);
            lastKeyBytes = rows.Key.Length;
        }
    }
}
