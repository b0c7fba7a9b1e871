// One key, from the newest place to the oldest: active memtable, sealed ones, tables by their newest version. The
// newest version that the read point sees decides, wherever it lies; a place is asked only while it can still hold a
// newer one than what was found. Age is compared as versions, never as levels, sizes or file names.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Memtables;
using IngoDB.Engine.Sstables;

namespace IngoDB.Engine.Querying;

/// <summary>Point reads over a state. No locks; no allocation when the block is cached.</summary>
internal static class PointReader
{
    /// <summary>The newest entry of the key that the read point sees; false when there is none, or it is deleted or expired.</summary>
    public static bool TryGet(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, ref ReadCounters counters, out EntryHit hit)
        => TryGetNewest(state, at, key, ref counters, out hit) && hit.Kind == EntryKind.Put && !at.IsExpired(hit.ExpiresAt);

    /// <summary>The same, deletes and expired ones too.</summary>
    public static bool TryGetNewest(EngineState state, ReadPoint at, ReadOnlySpan<byte> key, ref ReadCounters counters, out EntryHit hit)
    {
        var hash = EntryKey.Hash(key);
        if (state.Active.TryGet(key, hash, at.Version, out hit)) return true;
        foreach (var memtable in state.Sealed)
            if (memtable.TryGet(key, hash, at.Version, out hit)) return true;
        return TryGetFromTables(state.Tables, at, key, hash, ref counters, out hit);
    }

    private static bool TryGetFromTables(ImmutableArray<Sstable> tables, ReadPoint at, ReadOnlySpan<byte> key, ulong hash, ref ReadCounters counters, out EntryHit hit)
    {
        var found = false;
        hit = default;
        foreach (var table in tables)
        {
            if (found && table.Info.NewestVersion <= hit.Version) break;
            if (table.Info.OldestVersion > at.Version) continue;
            if (!table.TryGet(key, hash, at.Version, ref counters, out var candidate) || (found && candidate.Version <= hit.Version)) continue;
            (found, hit) = (true, candidate);
        }

        return found;
    }
}
