// An index knows the rows of its own table, not what happened elsewhere since. So a row found through one counts only
// if no memtable and no table holds a newer version of its document that the read point sees: that one is the
// document, and if it matches, it is found where it lies. An index can therefore never show an old version, and never
// has to be updated when a document changes.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Tells whether a row is the newest version of its document. One thread at a time.</summary>
internal sealed class NewerVersions(EngineState state, ReadPoint at, ReadCountersBox counters)
{
    /// <summary>Is there a newer version than this one, outside the table it was found in?</summary>
    /// <param name="own">The table of the row; it is asked too when it is known to hold newer versions.</param>
    public bool Exist(ReadOnlySpan<byte> key, DocumentVersion version, Sstable own, bool askOwn)
    {
        var hash = EntryKey.Hash(key);
        return ExistInMemory(key, hash, version) || ExistInTables(key, hash, version, askOwn ? null : own);
    }

    /// <summary>The same for a row found in memory or in one of several tables: only <paramref name="tables"/> are asked, by NewestVersion descending.</summary>
    public bool ExistIn(IReadOnlyList<Sstable> tables, ReadOnlySpan<byte> key, DocumentVersion version)
    {
        if (tables.Count == 0 || tables[0].Info.NewestVersion <= version) return false;
        var hash = EntryKey.Hash(key);
        foreach (var table in tables)
        {
            if (table.Info.NewestVersion <= version) break;
            if (IsNewerIn(table, key, hash, version)) return true;
        }

        return false;
    }

    private bool ExistInMemory(ReadOnlySpan<byte> key, ulong hash, DocumentVersion version)
    {
        if (state.Active.NewestVersion > version && state.Active.TryGet(key, hash, at.Version, out var hit) && hit.Version > version) return true;
        foreach (var memtable in state.Sealed)
            if (memtable.NewestVersion > version && memtable.TryGet(key, hash, at.Version, out hit) && hit.Version > version) return true;
        return false;
    }

    private bool ExistInTables(ReadOnlySpan<byte> key, ulong hash, DocumentVersion version, Sstable? except)
    {
        foreach (var table in state.Tables)
        {
            if (table.Info.NewestVersion <= version) break;
            if (!ReferenceEquals(table, except) && IsNewerIn(table, key, hash, version)) return true;
        }

        return false;
    }

    private bool IsNewerIn(Sstable table, ReadOnlySpan<byte> key, ulong hash, DocumentVersion version)
        => table.Info.OldestVersion <= at.Version && table.TryGet(key, hash, at.Version, ref counters.Value, out var hit) && hit.Version > version;
}
