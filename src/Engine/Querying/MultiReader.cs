// Many point reads at one read point. A get is a chain of loads that wait for each other (filter line, tags of a block,
// key and version, row), and most of its time is misses. Here a group of keys takes each step together, and each step asks
// for the lines of the next one, so that the misses of sixteen keys overlap:
//
//   hash, ask for the memtable's slot ─► memtables ─► for each table, newest first:
//        rows by hash:  ask for the line, fences, ask for the slot ─► ask for the block ─► row, ask for the entry
//        else:  ask for filter lines ─► filter, fences, ask for the slot ─► ask for the block ─► ask for its tags ─► tags,
//               ask for the entry
//        ─► compare, take, ask for the row
//
// Every step asks only; what is answered is answered by the same code as a single get (Sstable.TryGetAt, TryGetIndexed), so
// the two cannot differ. Keys longer than a slot of the key buffer are read one by one.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Point reads of many keys of one collection. Answers are those of <see cref="PointReader"/>; nothing is allocated for an entry found in memory.</summary>
internal static partial class MultiReader
{
    private const int GroupKeys = 16;

    /// <summary>The i-th result is that of the i-th id; returns how many were found.</summary>
    [SkipLocalsInit]
    public static int Read(EngineState state, ReadPoint at, CollectionId collection, ReadOnlySpan<DocumentId> ids, Span<RowResult> results, ref ReadCounters counters)
    {
        var found = 0;
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        Span<KeyState> states = stackalloc KeyState[GroupKeys];
        for (var i = 0; i < ids.Length;)
        {
            var count = 0;
            for (; count < GroupKeys && i + count < ids.Length; count++)
            {
                var length = EntryKey.Write(key, collection, ids[i + count]);
                if (length > KeyState.BytesMax) break;
                states[count].Begin(key[..length]);
            }

            if (count == 0) found += ReadOne(state, at, key[..EntryKey.Write(key, collection, ids[i])], out results[i], ref counters);
            else found += ReadGroup(state, at, states[..count], results.Slice(i, count), ref counters);
            i += Math.Max(count, 1);
        }

        return found;
    }

    private static int ReadOne(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, out RowResult result, ref ReadCounters counters)
    {
        var found = PointReader.TryGet(state, at, key, ref counters, out var hit);
        result = found ? new(hit.Version, hit.Shape, hit.Row) : default;
        return found ? 1 : 0;
    }

    private static int ReadGroup(EngineState state, ReadPoint at, Span<KeyState> keys, Span<RowResult> results, ref ReadCounters counters)
    {
        results.Clear();
        ReadMemtable(state.Active, at, keys, results);
        foreach (var memtable in state.Sealed) ReadMemtable(memtable, at, keys, results);
        foreach (var table in state.Tables)
        {
            if (table.OldestVersion > at.Version) continue;
            if (table.Rows is { } rows) ReadIndexed(table, rows, at, keys, results, ref counters);
            else ReadTable(table, at, keys, results, ref counters);
        }

        var found = 0;
        foreach (ref readonly var result in results)
            if (result.Found) found++;
        return found;
    }

    private static void ReadMemtable(Memtable memtable, ReadPoint at, Span<KeyState> keys, Span<RowResult> results)
    {
        if (memtable.EntryCount == 0) return;
        foreach (ref var key in keys) memtable.PrefetchSlot(key.Hash);
        for (var i = 0; i < keys.Length; i++)
            if (keys[i].MayBeNewer(memtable.NewestVersion) && memtable.TryGet(keys[i].Key, keys[i].Hash, at.Version, out var hit)) keys[i].Consider(hit, at, ref results[i]);
    }

    private static void ReadIndexed(Sstable table, RowIndex rows, ReadPoint at, Span<KeyState> keys, Span<RowResult> results, ref ReadCounters counters)
    {
        foreach (ref var key in keys)
        {
            key.IsWanted = key.MayBeNewer(table.NewestVersion) && table.IsInRange(key.Head);
            if (!key.IsWanted) continue;
            rows.PrefetchLine(key.Hash);
            key.Block = table.BlockOf(key.Key, at.Version);
            table.PrefetchSlot(key.Block);
        }

        foreach (ref var key in keys)
            if (key.IsWanted) table.SlotOf(key.Block)?.PrefetchLayout();

        foreach (ref var key in keys)
        {
            if (!key.IsWanted) continue;
            var row = rows.Find(key.Hash);
            key.IsWanted = row.MoveNext();
            if (key.IsWanted && table.SlotOf(key.Block) is { IsShared: true } block && row.Current < block.Count) block.PrefetchEntry(row.Current);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            ref var key = ref keys[i];
            if (!key.IsWanted) continue;
            counters.FilterProbes++;
            var row = rows.Find(key.Hash);
            if (row.MoveNext() && table.TryGetIndexed(key.Block, row, key.Key, at.Version, ref counters, out var hit)) key.Consider(hit, at, ref results[i]);
        }
    }

    private static void ReadTable(Sstable table, ReadPoint at, Span<KeyState> keys, Span<RowResult> results, ref ReadCounters counters)
    {
        foreach (ref var key in keys)
            if (key.MayBeNewer(table.NewestVersion)) table.PrefetchFilter(key.Hash);

        var blocks = default(GroupBlocks);
        for (var i = 0; i < keys.Length; i++)
        {
            ref var key = ref keys[i];
            key.IsWanted = key.MayBeNewer(table.NewestVersion) && table.MayContain(key.Head, key.Hash, ref counters);
            if (!key.IsWanted) continue;
            key.Block = table.BlockOf(key.Key, at.Version);
            table.PrefetchSlot(key.Block);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            if (!keys[i].IsWanted || table.SlotOf(keys[i].Block) is not { } slot) continue;
            slot.PrefetchLayout();
            blocks[i] = slot;
        }

        for (var i = 0; i < keys.Length; i++)
        {
            if (blocks[i] is { IsShared: true } block) block.PrefetchTags();
            else blocks[i] = null;
        }

        for (var i = 0; i < keys.Length; i++) blocks[i]?.PrefetchEntry(keys[i].Key);

        for (var i = 0; i < keys.Length; i++)
        {
            ref var key = ref keys[i];
            if (key.IsWanted && table.TryGetAt(key.Block, key.Key, at.Version, ref counters, out var hit)) key.Consider(hit, at, ref results[i]);
        }
    }

    /// <summary>One key on its way.</summary>
    private struct KeyState
    {
        public const int BytesMax = 32;

        private Buffer _key;
        private int _keyBytes;
        private DocumentVersion _newest;

        public ulong Hash { get; private set; }

        public UInt128 Head { get; private set; }

        public int Block { get; set; }

        public bool IsWanted { get; set; }

        [UnscopedRef]
        public readonly ReadOnlySpan<byte> Key => ((ReadOnlySpan<byte>)_key)[.._keyBytes];

        public void Begin(ReadOnlySpan<byte> key)
        {
            key.CopyTo(_key);
            (_keyBytes, _newest) = (key.Length, DocumentVersion.None);
            (Hash, Head) = (EntryKey.Hash(key), EntryKey.HeadOf(key));
        }

        /// <summary>Whether something with versions up to this one can hold a newer entry than the one found.</summary>
        public readonly bool MayBeNewer(DocumentVersion newest) => newest > _newest;

        /// <summary>Versions decide, never the place. A deletion or an expired document is an answer too: nothing.</summary>
        public void Consider(in EntryHit hit, ReadPoint at, ref RowResult result)
        {
            if (hit.Version <= _newest) return;
            _newest = hit.Version;
            result = hit.Kind == EntryKind.Put && !at.IsExpired(hit.ExpiresAt) ? new(hit.Version, hit.Shape, hit.Row) : default;
        }

        [InlineArray(BytesMax)]
        private struct Buffer
        {
            private byte _first;
        }
    }

    [InlineArray(GroupKeys)]
    private struct GroupBlocks
    {
        private RowBlock? _first;
    }
}
