// Sorts byte keys, each with a number beside it, in memory: for index files while a table is written, and for
// queries that ask for an order no index has. A record of 16 bytes stands for a key, with eight of its bytes as an integer. Records fill runs of a
// megabyte, which are sorted one by one, in the processor's cache, and merged when they are read:
//
//   keys in the arena     ... | 7 Chicago | 6 Berlin | ...
//   run of records        [digit, where the key is, tag] × 65,536   sorted ─┐
//   run of records        [digit, where the key is, tag] × ...      sorted ─┴─► RunMerge ─► in order
//
// A run is radix-sorted by its digits (passes in which all have the same byte are skipped, and keys of one type share most of theirs);
// keys that are still equal are sorted by their next eight bytes. So a key is compared as bytes only in small groups.
//
//   depth 0   28 'E' 'l' 'e' 'c' 't' 'r' 'o' | depth 8   'n' 'i' 'c' 's' 00 01 ...
//
// The order is stable: equal keys keep the order in which they came, which for index entries is the row order.
// An index build may be the first thing of its kind that a process does, and queries wait for it: its loops, here and in what they call, are compiled with
// optimization when they are first called, not after they have run for a while. And its memory is what memtables leave behind (ArenaChunks): a page that
// is touched for the first time can cost more than to sort what lies in it.
//
// What this does not do: spill to disk. A table's rows are bounded by its size, a query's by its budget.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Collects keys, sorts them once, gives them back in order. One thread.</summary>
internal sealed class KeySorter : IDisposable
{
    /// <summary>Longer ones are copied in by <see cref="Add"/>.</summary>
    public const int ShortKeyBytesMax = ushort.MaxValue - 1;

    private const int SmallRun = 48;

    // In front of each key in the arena: its length; of a long one FFFF and its length.
    private const int HeadBytes = 2, LongHeadBytes = 6;

    private readonly KeyArena _arena = new();
    private readonly List<RecordRun> _runs = [];
    private RecordRun _last;
    private RunMerge? _merge;
    private int _at = -1;
    private Record _current;

    public KeySorter()
    {
        _last = new();
        _runs.Add(_last);
    }

    /// <param name="Digit">Eight bytes of the key.</param>
    /// <param name="At">Its location in the arena, which says who came first, too.</param>
    internal record struct Record(ulong Digit, uint At, uint Tag);

    public int Count { get; private set; }

    /// <summary>Memory that the keys take.</summary>
    public long Bytes => _arena.Bytes + ((long)Count * 2 * Unsafe.SizeOf<Record>());

    /// <summary>Of the key that <see cref="MoveNext"/> has come to. It stays where it is until this is disposed.</summary>
    public ReadOnlySpan<byte> Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => KeyOf(_current);
    }

    public uint Tag => _current.Tag;

    public void Add(ReadOnlySpan<byte> key, uint tag)
    {
        if (key.Length <= ShortKeyBytesMax)
        {
            key.CopyTo(Room(key.Length));
            AddWritten(key.Length, tag);
            return;
        }

        var room = _arena.Room(LongHeadBytes + key.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, ushort.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(room[HeadBytes..], key.Length);
        key.CopyTo(room[LongHeadBytes..]);
        Take(LongHeadBytes + key.Length, key, tag);
    }

    /// <summary>Where the next key may be written, at least so many bytes; then it is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Room(int bytesMax) => _arena.Room(HeadBytes + bytesMax)[HeadBytes..];

    /// <summary>The first bytes of the room, at most <see cref="ShortKeyBytesMax"/>, are a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddWritten(int length, uint tag)
    {
        var room = _arena.Room(HeadBytes + length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, checked((ushort)length));
        Take(HeadBytes + length, room.Slice(HeadBytes, length), tag);
    }

    /// <summary>No key is added after it.</summary>
    public void Sort()
    {
        using var scratch = new RecordRun(_last.Count < Count ? RecordRun.RecordsMax : Count);
        var open = new Stack<(int From, int To, int Depth, ulong Digit)>();
        foreach (var run in _runs)
        {
            open.Push((0, run.Count, 0, 0));
            while (open.TryPop(out var part)) SortPart(run.Records[part.From..part.To], part.From, part.Depth, part.Digit, scratch.Room, open);
        }

        if (_runs.Count > 1) _merge = new(_runs, this);
    }

    /// <summary>The next key in order, after <see cref="Sort"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        const int ahead = 8; // keys in order lie anywhere in memory
        if (_merge is not null) return _merge.TryTake(out _current);
        var records = _last.Records;
        if (++_at >= records.Length) return false;
        if (_at + ahead < records.Length) PrefetchKeyOf(records[_at + ahead]);
        _current = records[_at];
        return true;
    }

    public void Dispose()
    {
        _arena.Dispose();
        foreach (var run in _runs) run.Dispose();
        _runs.Clear();
        (_merge, Count) = (null, 0);
    }

    /// <summary>By keys, equal ones by who came first. Digits are the first of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsBefore(in Record left, in Record right) => left.Digit != right.Digit ? left.Digit < right.Digit : Compare(left, right) < 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PrefetchKeyOf(in Record record) => Prefetch.Line(in _arena.From(record.At)[0]);

    /// <param name="part">Of a run, all the same before <paramref name="depth"/>.</param>
    /// <param name="first">Their first digit, which they get back when they are sorted by a later one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortPart(Span<Record> part, int from, int depth, ulong first, Span<Record> scratch, Stack<(int From, int To, int Depth, ulong Digit)> open)
    {
        if (depth > 0)
            foreach (ref var record in part) record.Digit = DigitOf(KeyOf(record)[depth..]);
        if (part.Length < SmallRun) SortSmall(part);
        else
        {
            RadixSort(part, scratch[..part.Length]);
            for (var start = 0; start < part.Length;)
            {
                var end = start + 1;
                while (end < part.Length && part[end].Digit == part[start].Digit) end++;
                if (end - start > 1) SortTied(part[start..end], from + start, depth, depth == 0 ? part[start].Digit : first, open);
                start = end;
            }
        }

        if (depth > 0)
            foreach (ref var record in part) record.Digit = first;
    }

    /// <summary>By insertion: rows often come nearly in order, and their digits tell most of them apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortSmall(Span<Record> part)
    {
        for (var i = 1; i < part.Length; i++)
        {
            var record = part[i];
            var at = i;
            for (; at > 0 && IsBefore(record, part[at - 1]); at--) part[at] = part[at - 1];
            part[at] = record;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortTied(Span<Record> tied, int from, int depth, ulong first, Stack<(int From, int To, int Depth, ulong Digit)> open)
    {
        if (AreEqual(tied)) return;
        var longer = true;
        foreach (ref var record in tied) longer &= KeyOf(record).Length > depth + 8;

        // A key that ends here was padded with zeros: an integer cannot tell "a" from "a" and a zero byte.
        if (longer) open.Push((from, from + tied.Length, depth + 8, first));
        else tied.Sort(Compare);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DigitOf(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8) return BinaryPrimitives.ReadUInt64BigEndian(rest);
        ulong digit = 0;
        for (var i = 0; i < rest.Length; i++) digit |= (ulong)rest[i] << (56 - (i * 8));
        return digit;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RadixSort(Span<Record> part, Span<Record> scratch)
    {
        ulong differing = 0;
        foreach (ref var record in part) differing |= record.Digit ^ part[0].Digit;
        Span<int> starts = stackalloc int[256];
        var source = part;
        var target = scratch;
        for (var shift = 0; shift < 64; shift += 8)
        {
            if (((differing >> shift) & 0xFF) == 0) continue;
            starts.Clear();
            foreach (ref var record in source) starts[(int)(record.Digit >> shift) & 0xFF]++;
            var next = 0;
            foreach (ref var start in starts) (start, next) = (next, next + start);
            foreach (ref var record in source) target[starts[(int)(record.Digit >> shift) & 0xFF]++] = record;
            var swap = source;
            source = target;
            target = swap;
        }

        if (source != part) source.CopyTo(part);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool AreEqual(ReadOnlySpan<Record> part)
    {
        var first = KeyOf(part[0]);
        foreach (var record in part)
            if (!KeyOf(record).SequenceEqual(first)) return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Compare(Record left, Record right)
    {
        var order = KeyOf(left).SequenceCompareTo(KeyOf(right));
        return order != 0 ? order : left.At.CompareTo(right.At);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> KeyOf(in Record record)
    {
        var bytes = _arena.From(record.At);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return length <= ShortKeyBytesMax ? bytes.Slice(HeadBytes, length) : bytes.Slice(LongHeadBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes[HeadBytes..]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(int bytes, ReadOnlySpan<byte> key, uint tag)
    {
        var record = new Record(DigitOf(key), checked((uint)_arena.Take(bytes)), tag);
        if (!_last.TryAdd(record)) BeginRun(record);
        Count++;
    }

    private void BeginRun(in Record record)
    {
        _last = new(RecordRun.RecordsMax);
        _runs.Add(_last);
        Invariant.Holds(_last.TryAdd(record));
    }
}
