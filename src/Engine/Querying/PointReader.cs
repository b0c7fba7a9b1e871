// The newest visible entry of one key, wherever it lies. Memtables first, then tables by their newest version: a
// table whose newest version is not above the one already found cannot hold a newer, and neither can any after it.
// Versions decide, never the place: two tables of overlapping age are both asked.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Querying;

/// <summary>Point reads. Nothing is allocated for an entry found in memory.</summary>
internal static class PointReader
{
    /// <summary>The document that the read point sees; false when there is none, or it is deleted or expired.</summary>
    public static bool TryGet(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, ref ReadCounters counters, out EntryHit hit)
        => TryGetNewest(state, at, key, ref counters, out hit) && hit.Kind == EntryKind.Put && !at.IsExpired(hit.ExpiresAt);

    private static bool TryGetNewest(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, ref ReadCounters counters, out EntryHit newest)
    {
        var hash = EntryKey.Hash(key);
        var found = state.Active.TryGet(key, hash, at.Version, out newest);
        foreach (var memtable in state.Sealed) Consider(memtable, key, hash, at, ref found, ref newest);
        if (state.Tables.IsEmpty) return found;
        var head = EntryKey.HeadOf(key);
        foreach (var table in state.Tables)
        {
            if (found && newest.Version >= table.NewestVersion) break;
            if (table.OldestVersion > at.Version || !table.TryGet(key, head, hash, at.Version, ref counters, out var hit)) continue;
            if (found && hit.Version <= newest.Version) continue;
            (found, newest) = (true, hit);
        }

        return found;
    }

    private static void Consider(Memtable memtable, ReadOnlySpan<byte> key, ulong hash, ReadPoint at, ref bool found, ref EntryHit newest)
    {
        if (found && newest.Version >= memtable.NewestVersion) return;
        if (!memtable.TryGet(key, hash, at.Version, out var hit) || (found && hit.Version <= newest.Version)) return;
        (found, newest) = (true, hit);
    }
}
