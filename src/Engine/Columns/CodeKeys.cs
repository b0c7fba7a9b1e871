// What a code means: the OrderedKey of the values it stands for. Codes ascend with their keys, so a question about
// values becomes a question about codes once a column, and is then asked of integers:
//
//   price < 9.5    LowerBound(key of 9.5) = 17    codes 0..16
//
// Dictionaries keep their keys; numbers compute them (NumberKeys.cs). A bound is found by bisection over the codes: a
// few dozen keys for each column of a query, never one for each row.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The keys of a column's codes, ascending, each one once. Immutable.</summary>
internal abstract class CodeKeys
{
    /// <summary>Codes are below it; some may have no row.</summary>
    public abstract uint Count { get; }

    public abstract long Bytes { get; }

    /// <summary>Writes the key of a code; at most <see cref="ColumnFormat.KeyBytesMax"/> bytes. Returns how many.</summary>
    public abstract int Write(uint code, Span<byte> target);

    /// <summary>The first code whose key is at or above it; <see cref="Count"/> when there is none.</summary>
    public uint LowerBound(ReadOnlySpan<byte> key)
    {
        Span<byte> middleKey = stackalloc byte[ColumnFormat.KeyBytesMax];
        uint low = 0, high = Count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (middleKey[..Write(middle, middleKey)].SequenceCompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

/// <summary>Keys one after the other, as they stand in the table.</summary>
internal sealed class DictionaryKeys : CodeKeys
{
    private readonly byte[] _keys;
    private readonly int[] _ends;

    /// <param name="ends">Where each key ends in <paramref name="keys"/>.</param>
    public DictionaryKeys(byte[] keys, int[] ends)
    {
        Invariant.Holds(ends.Length > 0 && ends[^1] == keys.Length);
        (_keys, _ends) = (keys, ends);
    }

    public override uint Count => (uint)_ends.Length;

    public override long Bytes => _keys.Length + (4L * _ends.Length);

    public ReadOnlySpan<byte> this[uint code] => _keys.AsSpan((code == 0 ? 0 : _ends[code - 1]).._ends[code]);

    public override int Write(uint code, Span<byte> target)
    {
        var key = this[code];
        key.CopyTo(target);
        return key.Length;
    }
}
