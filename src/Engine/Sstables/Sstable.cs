// An open table. In memory are its fences, its filter and its shapes; rows come block by block through the cache, each
// verified before use. A damaged block fails the reads that need it, by file and offset, and no others.
//
//   get:   key range ► filter (one cache miss) ► fences ► block (cache or pread) ► search in the block
//
// The row that a get hands out points into the decoded block, which lives as long as somebody refers to it; or it is a
// copy, when the block was decoded into a buffer that is used again (TableBlocks.cs says when).

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>An open table: immutable, shared by readers, every block verified before use. Thread-safe.</summary>
internal sealed class Sstable : IDisposable
{
    private readonly IFile _file;
    private readonly Shape[] _shapes;
    private readonly BloomFilter _filter;
    private readonly TableBlocks _blocks;
    private readonly TableColumns[] _columns;

    private Sstable(IFile file, TableInfo info, TableSections sections, BlockCache cache)
    {
        (_file, Info, _shapes, _filter) = (file, info, sections.Shapes, sections.Filter);
        _blocks = new(file, info.Id, sections.Index, _shapes.Length - 1, cache);
        _columns = ColumnFrames.Open(file, info, sections.Columns);
    }

    public TableInfo Info { get; }

    /// <summary>Blocks of the table, for those who want to know how much a read is.</summary>
    public int BlockCount => _blocks.Index.Count;

    /// <summary>What the open table keeps in memory, cached blocks not counted.</summary>
    public long MemoryBytes => _filter.Bytes + _blocks.Index.Bytes + _columns.Sum(columns => columns.MemoryBytes);

    /// <exception cref="CorruptionException">Footer, index or filter are damaged.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static Sstable Open(IFileSystem files, string directory, TableInfo info, ShapeRegistry shapes, BlockCache cache)
    {
        var file = files.Open(Path.Combine(directory, info.FileName));
        try
        {
            var sections = TableSections.Read(file, info.Id, shapes);
            sections.ExpectToBe(file, info);
            return new(file, info, sections, cache);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>False means: certainly not in this table.</summary>
    public bool MayContain(ReadOnlySpan<byte> key, ulong keyHash) =>
        key.SequenceCompareTo(Info.LastKey.Span) <= 0 && key.SequenceCompareTo(Info.FirstKey.Span) >= 0 && _filter.MayContain(keyHash);

    /// <summary>The newest entry of the key with a version ≤ <paramref name="upTo"/>.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, ulong keyHash, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit)
    {
        hit = default;
        counters.FilterProbes++;
        if (!MayContain(key, keyHash)) return false;

        // What we look for is the first entry at or after (key, upTo): in the last block that begins at or before
        // that position, or else it is the very first of the next block.
        var number = _blocks.Index.Find(key, upTo);
        if (number >= 0)
        {
            var block = _blocks.Get(number, ref counters, fillCache: true);
            var row = block.Find(key, upTo);
            if (row >= 0)
            {
                hit = Take(block, row, ref counters);
                return true;
            }
        }

        var next = number + 1;
        if (next >= _blocks.Index.Count || !_blocks.Index.KeyOf(next).SequenceEqual(key)) return false;
        hit = Take(_blocks.Get(next, ref counters, fillCache: true), 0, ref counters);
        return true;
    }

    /// <summary>All versions, in order. <see cref="TableCursor.RowId"/> lets an index refer to rows.</summary>
    /// <param name="fillCache">False for long walks that nobody will repeat: compaction, index builds.</param>
    public TableCursor OpenCursor(ReadCountersBox counters, bool fillCache = true) => new RowTableCursor(_blocks, _shapes, counters, fillCache);

    /// <summary>Code columns of a collection's rows; null when the table has none of it.</summary>
    public TableColumns? Columns(CollectionId collection)
    {
        foreach (var columns in _columns)
            if (columns.Collection == collection) return columns;
        return null;
    }

    /// <summary>The table is no longer part of the newest state: its blocks make room now. Who still reads it reads on.</summary>
    public void LeaveCache() => _blocks.Forget();

    public void Dispose()
    {
        LeaveCache();
        _file.Dispose();
    }

    private EntryHit Take(RowBlock block, int row, ref ReadCounters counters)
    {
        counters.RowsExamined++;
        var bytes = block.IsShared ? block.RowMemoryOf(row) : block.RowOf(row).ToArray();
        return new(block.VersionOf(row), block.KindOf(row), block.ExpiresAtOf(row), _shapes[block.ShapeNumberOf(row)], bytes);
    }
}
