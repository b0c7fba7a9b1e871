// STUB of the contract (owner: sstables).
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Where a row lies in a table: its ordinal in (key, version descending) order.</summary>
internal readonly record struct RowId(uint Value);

/// <summary>An open table: immutable, shared by readers, every block verified before use.</summary>
internal sealed class Sstable : IDisposable
{
    public TableInfo Info => throw new NotImplementedException();

    /// <exception cref="CorruptionException">Footer, index or filter are damaged.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static Sstable Open(IFileSystem files, string directory, TableInfo info, ShapeRegistry shapes, BlockCache cache) => throw new NotImplementedException();

    /// <summary>False means: certainly not in this table.</summary>
    public bool MayContain(ReadOnlySpan<byte> key, ulong keyHash) => throw new NotImplementedException();

    /// <summary>The newest entry of the key with a version ≤ <paramref name="upTo"/>.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, ulong keyHash, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit) => throw new NotImplementedException();

    /// <summary>All versions, in order. <see cref="TableCursor.Row"/> ids let an index refer to rows.</summary>
    public TableCursor OpenCursor(ReadCountersBox counters, bool fillCache = true) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <summary>A cursor over a table that knows which row it is on and can go straight to one.</summary>
internal abstract class TableCursor : EntryCursor
{
    public abstract RowId RowId { get; }

    /// <summary>Moves to a row (cheap when it lies in the current block or just after).</summary>
    public abstract void MoveTo(RowId row);
}

/// <summary>Physical work of one read; added to the query's statistics.</summary>
internal struct ReadCounters
{
    public long BlocksRead;
    public long BlocksDecoded;
    public long BytesRead;
    public long FilterProbes;
    public long RowsExamined;
}

/// <summary>The same, shared by the cursors of one query.</summary>
internal sealed class ReadCountersBox
{
    public ReadCounters Value;
}

/// <summary>Decoded blocks, shared by the tables of a process, bounded in bytes.</summary>
public sealed class BlockCache(long capacityBytes)
{
    public long CapacityBytes { get; } = capacityBytes;
}
