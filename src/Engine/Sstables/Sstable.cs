// An open table. In memory are its fences, its filter and its shapes; rows come block by block through the cache, each
// verified before use. A damaged block fails the reads that need it, by file and offset, and no others.
//
//   get:   key range ► filter (one cache miss) ► fences ► block (cache or pread) ► search in the block
//          or, once all blocks were in memory:  row by hash (one cache miss) ► fences ► block ► compare the key (RowIndex.cs)
//
// The row that a get hands out points into the decoded block, which lives as long as somebody refers to it; or it is a
// copy, when the block was decoded into a buffer that is used again (TableBlocks.cs says when).

using System.Runtime.CompilerServices;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>An open table: immutable, shared by readers, every block verified before use. Thread-safe.</summary>
internal sealed class Sstable : IDisposable
{
    private readonly IFile _file;
    private readonly BloomFilter _filter;
    private readonly TableBlocks _blocks;
    private readonly TableColumns[] _columns;
    private readonly UInt128 _firstHead;
    private readonly UInt128 _lastHead;
    private readonly bool _hasOlder;
    private bool _wantsColumns;
    private bool _wantsWarming;

    private Sstable(IFile file, TableInfo info, TableSections sections, BlockCache cache, bool isNew)
    {
        (_file, Info, _filter, _wantsColumns, _wantsWarming) = (file, info, sections.Filter, isNew, isNew);
        _blocks = new(file, info.Id, sections.Index, sections.Shapes, cache);
        _columns = ColumnFrames.Open(file, info, sections.Columns, cache.Columns);
        (_firstHead, _lastHead) = (EntryKey.HeadOf(info.FirstKey.Span), EntryKey.HeadOf(info.LastKey.Span));
        (OldestVersion, NewestVersion, _hasOlder) = (info.OldestVersion, info.NewestVersion, info.SupersededCount > 0);
    }

    public TableInfo Info { get; }

    /// <summary>Some document is there in more than one version.</summary>
    public bool HasOlder => _hasOlder;

    public DocumentVersion OldestVersion { get; }

    public DocumentVersion NewestVersion { get; }

    /// <summary>Blocks of the table, for those who want to know how much a read is.</summary>
    public int BlockCount => _blocks.Index.Count;

    /// <summary>What the open table keeps in memory, cached blocks and columns not counted.</summary>
    public long MemoryBytes => _filter.Bytes + _blocks.Index.Bytes + (_blocks.Rows?.Bytes ?? 0);

    /// <param name="isNew">Written by this process just now; see <see cref="Warm"/>.</param>
    /// <exception cref="CorruptionException">Footer, index or filter are damaged.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static Sstable Open(IFileSystem files, string directory, TableInfo info, ShapeRegistry shapes, BlockCache cache, bool isNew = false)
    {
        var file = files.Open(Path.Combine(directory, info.FileName));
        try
        {
            var sections = TableSections.Read(file, info.Id, shapes);
            sections.ExpectToBe(file, info);
            return new(file, info, sections, cache, isNew);
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
        => TryGet(key, EntryKey.HeadOf(key), keyHash, upTo, ref counters, out hit);

    /// <summary>The same for a caller that asks several tables and reads the key's head once.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, UInt128 head, ulong keyHash, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit)
    {
        if (_blocks.Rows is { } rows)
        {
            // The filter is smaller than the index, so nearer, and knows most absent keys; for others the processor guesses that they are
            // there, and goes on to index and fences before the filter's line has come.
            counters.FilterProbes++;
            if (_filter.MayContain(keyHash)) return TryGetIndexed(rows, key, keyHash, upTo, ref counters, out hit);
        }
        else if (MayContain(head, keyHash, ref counters)) return TryGetAt(BlockOf(key, upTo), key, upTo, ref counters, out hit);
        hit = default;
        return false;
    }

    /// <summary>Rows by the hash of their keys, where the table has come into memory as a whole; null: look by filter and fences.</summary>
    public RowIndex? Rows => _blocks.Rows;

    /// <summary>The same for who has found <see cref="Rows"/> and block.</summary>
    /// <param name="row">The first of the rows that it may be.</param>
    public bool TryGetIndexed(int number, RowIndex.Rows row, ReadOnlySpan<byte> key, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit)
    {
        hit = default;
        var block = number < 0 ? null : _blocks.Get(number, ref counters, fillCache: true);
        if (block is { IsShared: true } && row.Current < block.Count) block.PrefetchEntry(row.Current);
        do
        {
            // The key's entries up to this version begin in this block, or are the very first of the next (BlockOf). That the row is the
            // first of its key here is not known: the same key may have it from another block.
            if (block is not null && row.Current < block.Count && block.IsOf(row.Current, key))
            {
                if (block.VersionOf(row.Current) > upTo || (_hasOlder && row.Current > 0 && block.IsOf(row.Current - 1, key))) return TryGetAt(number, key, upTo, ref counters, out hit);
                hit = Take(block, row.Current, ref counters);
                return true;
            }

            if (row.Current == 0 && IsFirstOf(number + 1, key)) return TryGetAt(number, key, upTo, ref counters, out hit);
        }
        while (row.MoveNext());
        return false;
    }

    /// <summary>The steps of a get, for a caller that takes each of them for many keys; this one for <see cref="MayContain(UInt128, ulong, ref ReadCounters)"/>.</summary>
    public void PrefetchFilter(ulong keyHash) => _filter.PrefetchLine(keyHash);

    /// <summary>Of keys: the first and the last of the table, and what lies between.</summary>
    public bool IsInRange(UInt128 head) => head >= _firstHead && head <= _lastHead;

    /// <summary>The first step. False means: certainly not in this table.</summary>
    public bool MayContain(UInt128 head, ulong keyHash, ref ReadCounters counters)
    {
        if (!IsInRange(head)) return false;
        counters.FilterProbes++;
        return _filter.MayContain(keyHash);
    }

    /// <summary>
    /// The second step. What we look for is the first entry at or after (key, upTo): in the last block that begins at or before that
    /// position, which is this one (-1: there is none), or else it is the very first of the next block.
    /// </summary>
    public int BlockOf(ReadOnlySpan<byte> key, DocumentVersion upTo) => _blocks.Index.Find(key, upTo);

    public void PrefetchSlot(int number)
    {
        if (number >= 0) _blocks.PrefetchSlot(number);
    }

    /// <summary>What stands in the block's slot; not to be read from unless it <see cref="RowBlock.IsShared"/>.</summary>
    public RowBlock? SlotOf(int number) => number < 0 ? null : _blocks.Slot(number);

    /// <summary>The last step.</summary>
    public bool TryGetAt(int number, ReadOnlySpan<byte> key, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit)
    {
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

        hit = default;
        if (!IsFirstOf(number + 1, key)) return false;
        hit = Take(_blocks.Get(number + 1, ref counters, fillCache: true), 0, ref counters);
        return true;
    }

    /// <summary>The first half of <see cref="Warm"/>: the columns alone.</summary>
    public bool WarmColumns(CancellationToken cancellationToken)
    {
        if (!_wantsColumns) return false;
        _wantsColumns = false;
        Guarded(() =>
        {
            foreach (var columns in _columns) columns.Warm(cancellationToken);
        });
        return true;
    }

    /// <summary>Brings a new table's columns and blocks into memory while they are in the system's page cache and the engine's cache has free room; false: nothing to do.</summary>
    public bool Warm(CancellationToken cancellationToken)
    {
        if (!_wantsWarming) return false;
        WarmColumns(cancellationToken);
        _wantsWarming = false;
        Guarded(() => _blocks.Warm(cancellationToken));
        return true;
    }

    /// <summary>Warms rows ahead of a cursor that goes to many in their order.</summary>
    public RowLookahead OpenLookahead() => new(_blocks);

    /// <summary>All versions, in order. <see cref="TableCursor.RowId"/> lets an index refer to rows.</summary>
    /// <param name="fillCache">False for long walks that nobody will repeat: compaction, index builds.</param>
    public RowTableCursor OpenCursor(ReadCountersBox counters, bool fillCache = true) => new RowTableCursor(_blocks, counters, fillCache);

    /// <summary>Code columns of a collection's rows; null when the table has none of it.</summary>
    public TableColumns? Columns(CollectionId collection)
    {
        foreach (var columns in _columns)
            if (columns.Collection == collection) return columns;
        return null;
    }

    /// <summary>The table is no longer part of the newest state: its blocks make room now. Who still reads it reads on.</summary>
    public void LeaveCache()
    {
        _blocks.Forget();
        foreach (var columns in _columns) columns.Forget();
    }

    public void Dispose()
    {
        LeaveCache();
        _file.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGetIndexed(RowIndex rows, ReadOnlySpan<byte> key, ulong keyHash, DocumentVersion upTo, ref ReadCounters counters, out EntryHit hit)
    {
        var row = rows.Find(keyHash);
        if (row.MoveNext()) return TryGetIndexed(BlockOf(key, upTo), row, key, upTo, ref counters, out hit);
        hit = default;
        return false;
    }

    private bool IsFirstOf(int number, ReadOnlySpan<byte> key) => number < _blocks.Index.Count && _blocks.Index.KeyOf(number).SequenceEqual(key);

    private static void Guarded(Action warm)
    {
        try
        {
            warm();
        }
        catch (CorruptionException)
        {
            // Who needs the block will be told.
        }
    }

    private EntryHit Take(RowBlock block, int row, ref ReadCounters counters)
    {
        counters.RowsExamined++;
        ReadOnlyMemory<byte> bytes;
        if (block.IsShared)
        {
            Prefetch.Lines(block.RowOf(row), linesMax: 2); // whoever asked looks into it next, and at more than one place
            bytes = block.RowMemoryOf(row);
        }
        else
        {
            bytes = block.RowOf(row).ToArray();
        }

        return new(block.VersionOf(row), block.KindOf(row), block.ExpiresAtOf(row), block.ShapeOf(row), bytes);
    }
}
