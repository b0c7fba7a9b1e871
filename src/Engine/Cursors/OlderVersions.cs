// A deletion may be forgotten only when nothing that it hides is left anywhere: not in the tables being merged
// (those rows go in the same act), not in any other table, not in memory. This answers the second and third part from
// what the manifest knows of the other tables, their key and version ranges, without opening one. "Yes" means
// perhaps; "no" is certain.
//
// The set is taken when the act begins and stays right while it runs: whatever is published meanwhile comes from
// memtables and tables that are in it already, or holds newer versions.

using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Cursors;

/// <summary>Where older versions of a key may lie outside a merge. Asked with ascending keys, by one thread.</summary>
/// <param name="tables">All tables that are not inputs.</param>
/// <param name="oldestInMemory">The oldest version of any memtable that is not an input; Max when there is none.</param>
internal sealed class OlderVersions(IEnumerable<TableInfo> tables, DocumentVersion oldestInMemory)
{
    private readonly TableInfo[] _ahead = ByFirstKey(tables);
    private readonly List<TableInfo> _around = [];
    private int _next;

    /// <summary>Nothing lies outside.</summary>
    public static OlderVersions None => new([], DocumentVersion.Max);

    /// <summary>Whether something outside may hold a version of the key below the given one.</summary>
    public bool MayExist(ReadOnlySpan<byte> key, DocumentVersion below)
    {
        if (oldestInMemory < below) return true;
        Advance(key);
        foreach (var table in _around)
            if (table.OldestVersion < below) return true;
        return false;
    }

    private static TableInfo[] ByFirstKey(IEnumerable<TableInfo> tables)
    {
        var sorted = tables.ToArray();
        Array.Sort(sorted, static (left, right) => left.FirstKey.Span.SequenceCompareTo(right.FirstKey.Span));
        return sorted;
    }

    private void Advance(ReadOnlySpan<byte> key)
    {
        while (_next < _ahead.Length && _ahead[_next].FirstKey.Span.SequenceCompareTo(key) <= 0) _around.Add(_ahead[_next++]);
        for (var i = _around.Count - 1; i >= 0; i--)
            if (_around[i].LastKey.Span.SequenceCompareTo(key) < 0) _around.RemoveAt(i);
    }
}
