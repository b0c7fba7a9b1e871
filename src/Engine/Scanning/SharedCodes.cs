// Codes of one field in several tables, made comparable: the same value has another code in each table, since each has
// its own dictionary. All keys are merged once, and each table gets an array from its codes to the common ones, which ascend as
// its own do:
//
//   table 1  a b d      table 2  b c d      common  a b c d       maps  0 1 3  and  1 2 3
//
// Tables and their columns are immutable, so the maps are kept for as long as the columns are there, and a scan finds
// them. Columns with very many codes are not merged: their streams are, by order key.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Indexing;

namespace IngoDB.Engine.Scanning;

/// <summary>One order of the codes of several columns. Immutable.</summary>
internal sealed class SharedCodes
{
    private const long CodesMax = 1 << 20;

    private static readonly ConditionalWeakTable<CodeColumn, SharedCodes> Known = [];

    private readonly CodeColumn[] _columns;
    private readonly uint[][] _maps;

    private SharedCodes(CodeColumn[] columns, uint[][] maps, CodeKeys keys) => (_columns, _maps, Keys) = (columns, maps, keys);

    public CodeKeys Keys { get; }

    /// <summary>From the codes of a column to the common ones; null when they are the same.</summary>
    public uint[]? MapOf(int column) => _maps.Length == 0 ? null : _maps[column];

    /// <summary>Null when there are too many.</summary>
    public static SharedCodes? Of(CodeColumn[] columns)
    {
        if (columns.Length == 1) return new(columns, [], columns[0].Keys);
        if (columns.Sum(column => (long)column.CodeCount) > CodesMax) return null;
        if (Known.TryGetValue(columns[0], out var known) && known._columns.AsSpan().SequenceEqual(columns)) return known;
        var shared = Merge(columns);
        Known.AddOrUpdate(columns[0], shared);
        return shared;
    }

    private static SharedCodes Merge(CodeColumn[] columns)
    {
        using var sorter = new KeySorter();
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        for (var i = 0; i < columns.Length; i++)
            for (var code = 0u; code < columns[i].CodeCount; code++) sorter.Add(key[..columns[i].WriteKey(code, key)], (uint)i);
        sorter.Sort();

        var maps = columns.Select(column => new uint[column.CodeCount]).ToArray();
        var (next, keys, ends) = (new uint[columns.Length], new List<byte>(), new List<int>());
        ReadOnlySpan<byte> last = [];
        while (sorter.MoveNext())
        {
            var sorted = sorter.Key;
            if (ends.Count == 0 || !sorted.SequenceEqual(last))
            {
                keys.AddRange(sorted);
                ends.Add(keys.Count);
            }

            last = sorted;
            var column = sorter.Tag;
            maps[column][next[column]++] = (uint)ends.Count - 1;
        }

        return new(columns, maps, new DictionaryKeys([.. keys], [.. ends]));
    }
}
