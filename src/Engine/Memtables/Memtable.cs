// Where every write lands first. Not a skip list: that costs 0.7 to 2.7 µs an insert, mostly cache misses, to keep an
// order that only scans and the flush need. Here an entry is appended to an arena and its key's slot in a hash index
// is pointed at it; each entry links to the version before. Order is made on demand (SortedRuns.cs).
//
//   key ──hash──► slot ──► newest entry ──previous──► older ──► oldest         MemtableEntry.cs draws the bytes
//
// One writer at a time (the partition's commit, recovery, or replication: all through Add), any number of readers
// beside it without locks. An entry is published by one release store, after its bytes; that it exists is not yet that
// it may be seen: visibility is the reader's ReadPoint. The only lock is between readers that want order at once, so
// that one of them sorts and the others find it done.
//
// A memtable that follows another of its size is made ahead (MakeNext), so that filling it allocates nothing and never stops to
// grow an index of a hundred thousand keys.
//
// What this does not do: give memory back before the whole memtable is dropped, or use native memory and huge pages.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Memtables;

/// <summary>The newest entries, in memory. One writer at a time; any number of readers beside it, without locks.</summary>
internal sealed class Memtable
{
    private const int OperationsAhead = 8;

    private readonly Arena _arena;
    private readonly MemtableShapes _shapes = new();
    private readonly AppendOrder _order;
    private readonly KeyIndex _index;
    private readonly Lock _sorting = new();
    private SortedRuns _runs = SortedRuns.Empty;
    private ulong _oldestVersion;
    private ulong _newestVersion;

    public Memtable(ShapeRegistry shapes)
    {
        Shapes = shapes;
        _arena = new();
        _order = new();
        _index = new(_arena);
    }

    private Memtable(Memtable full)
    {
        Shapes = full.Shapes;
        _arena = new(full._arena.UsedBytes);
        _order = new(full._order.Count);
        _index = new(_arena, full._index.SlotCount);
    }

    /// <summary>An empty one with memory for as much as there is in this one.</summary>
    public Memtable MakeNext() => new(this);

    public ShapeRegistry Shapes { get; }

    /// <summary>Bytes of memory that entries and index take.</summary>
    public long SizeBytes => _arena.UsedBytes + _index.Bytes + _order.Bytes;

    public long EntryCount => _order.Count;

    /// <summary>Entries that tell of requests; counted by the engine, under its commit lock.</summary>
    public long RememberedCount { get; set; }

    public long DocumentCount => EntryCount - RememberedCount;

    /// <summary>Distinct keys.</summary>
    public int KeyCount => _index.KeyCount;

    /// <summary>None while empty.</summary>
    public DocumentVersion OldestVersion => new(Volatile.Read(ref _oldestVersion));

    /// <summary>None while empty.</summary>
    public DocumentVersion NewestVersion => new(Volatile.Read(ref _newestVersion));

    /// <summary>Adds one entry. Readers may see it at once: visibility is the caller's ReadPoint.</summary>
    public void Add(in BatchOperation operation, DocumentVersion version)
    {
        var hash = EntryKey.Hash(operation.Key);
        var slot = _index.Reserve(operation.Key, hash, out var previous);
        Invariant.Holds(previous == 0 || _arena.Entry(previous).Version < version);
        var reference = _arena.Allocate(MemtableEntry.BytesOf(operation), out var chunk, out var offset);
        MemtableEntry.Write(chunk, offset, operation, version, previous, _shapes.NumberOf(operation.Shape));
        _index.Publish(slot, hash, reference);
        Observe(version);
        _order.Append(reference);
    }

    /// <summary>Adds a batch.</summary>
    public void Add(ref BatchOperations operations, DocumentVersion baseVersion)
    {
        var ahead = LookAhead(operations);
        while (operations.TryNext(out var operation))
        {
            LookAhead(ref ahead);
            Add(operation, operation.VersionIn(baseVersion));
        }
    }

    /// <summary>For who adds a batch: while one entry is added, the slot of one some places behind it comes from memory.</summary>
    public BatchOperations LookAhead(BatchOperations operations)
    {
        for (var i = 0; i < OperationsAhead; i++) LookAhead(ref operations);
        return operations;
    }

    /// <summary>The next step.</summary>
    public void LookAhead(ref BatchOperations ahead)
    {
        if (ahead.TryNext(out var operation)) PrefetchSlot(EntryKey.Hash(operation.Key));
    }

    /// <summary>The newest entry of the key with a version the read point sees (a Delete or an expired one too: the caller judges).</summary>
    public bool TryGet(ReadOnlySpan<byte> key, DocumentVersion upTo, out EntryHit hit) => TryGet(key, EntryKey.Hash(key), upTo, out hit);

    /// <summary>The same for a caller that asks several places and hashes once.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, ulong keyHash, DocumentVersion upTo, out EntryHit hit)
    {
        for (var reference = _index.Find(key, keyHash); reference != 0;)
        {
            var chunk = _arena.Chunk(reference, out var offset);
            var entry = new MemtableEntry(chunk, offset);
            if (entry.Version <= upTo)
            {
                var row = chunk.AsMemory(offset + MemtableEntry.HeadBytes + entry.KeyBytes, entry.RowBytes);
                hit = new(entry.Version, entry.Kind, entry.ExpiresAt, _shapes[entry.ShapeNumber], row);
                return true;
            }

            reference = entry.Previous;
        }

        hit = default;
        return false;
    }

    /// <summary>For who will ask for the key of this hash soon.</summary>
    public void PrefetchSlot(ulong keyHash) => _index.PrefetchSlot(keyHash);

    /// <summary>Entries present when the cursor was made, all versions.</summary>
    public EntryCursor OpenCursor()
    {
        var present = _order.Count;
        var runs = Volatile.Read(ref _runs);
        return new MemtableCursor(_arena, _shapes, runs.Covered >= present ? runs : SortUpTo(present));
    }

    /// <summary>The entries that arrived after the first <paramref name="arrived"/>, up to the first that <paramref name="upTo"/> does not see, in order.</summary>
    /// <param name="arrived">In: how many the caller knows. Out: how many it knows with these.</param>
    /// <returns>Null when entries that it sees come behind one that it does not see (the commit never lets them).</returns>
    public EntryCursor? OpenCursor(ref int arrived, DocumentVersion upTo)
    {
        var references = _order.Slice(arrived, _order.Count);
        var seen = 0;
        while (seen < references.Length && _arena.Entry(references[seen]).Version <= upTo) seen++;
        for (var i = seen; i < references.Length; i++)
            if (_arena.Entry(references[i]).Version <= upTo) return null;
        RunSorter.Sort(_arena, references.AsSpan(0, seen));
        arrived += seen;
        return new MemtableCursor(_arena, _shapes, new([references[..seen]], seen));
    }

    /// <summary>Keys, ascending and distinct, that cut the entries into about so many equal parts; fewer when there are not that many.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Cuts(int parts)
    {
        if (parts < 2) return [];
        var largest = SortUpTo(_order.Count).Runs[0];
        var cuts = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        for (var i = 1; i < parts; i++)
        {
            var key = _arena.Entry(largest[(int)((long)largest.Length * i / parts)]).Key;
            if (cuts.Count == 0 || !key.SequenceEqual(cuts[^1].Span)) cuts.Add(key.ToArray());
        }

        return cuts.ToImmutable();
    }

    private SortedRuns SortUpTo(int present)
    {
        lock (_sorting)
        {
            var runs = _runs.Extend(_arena, _order, present);
            Volatile.Write(ref _runs, runs);
            return runs;
        }
    }

    private void Observe(DocumentVersion version)
    {
        if (_oldestVersion == 0 || version.Raw < _oldestVersion) Volatile.Write(ref _oldestVersion, version.Raw);
        if (version.Raw > _newestVersion) Volatile.Write(ref _newestVersion, version.Raw);
    }
}
