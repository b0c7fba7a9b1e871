// Codes must order as values do, and values order as their keys do: so the keys of a field's distinct values are sorted,
// once, when its rows are complete. There are at most 65,536 of them. Values of different types that are equal (5 and
// 5.0) turn out here to be one key.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The ordered keys of a field's values, ascending, equal ones once, and which of them each value has.</summary>
internal sealed class SortedKeys
{
    private readonly byte[] _bytes;
    private readonly (int Start, int Length)[] _keys;

    private SortedKeys(byte[] bytes, (int Start, int Length)[] keys, uint[] ranks)
    {
        (_bytes, _keys, Ranks) = (bytes, keys, ranks);
        foreach (var (_, length) in keys) Bytes += length;
    }

    public int Count => _keys.Length;

    public int Bytes { get; }

    /// <summary>By provisional code: the place of its key.</summary>
    public uint[] Ranks { get; }

    public ReadOnlySpan<byte> this[int rank] => _bytes.AsSpan(_keys[rank].Start, _keys[rank].Length);

    /// <summary>Null when a key is too long, or when there is no value.</summary>
    public static SortedKeys? TryOf(ValueCodes values)
    {
        if (values.Count == 0) return null;
        var writer = new ArrayBufferWriter<byte>(values.ValueBytes + (4 * values.Count));
        var places = new (int Start, int Length)[values.Count];
        for (var code = 0; code < places.Length; code++)
        {
            var start = writer.WrittenCount;
            OrderedKey.Append(values[code], writer);
            places[code] = (start, writer.WrittenCount - start);
            if (places[code].Length > ColumnFormat.KeyBytesMax) return null;
        }

        return Sort(writer.WrittenSpan.ToArray(), places);
    }

    // Most keys differ in the eight bytes behind their tag: those are sorted as integers, and only ties as bytes.
    private static SortedKeys Sort(byte[] bytes, (int Start, int Length)[] places)
    {
        var digits = new ulong[places.Length];
        var codes = new int[places.Length];
        for (var code = 0; code < codes.Length; code++) (digits[code], codes[code]) = (Digit(bytes.AsSpan(places[code].Start, places[code].Length)), code);
        Array.Sort(digits, codes);
        for (int start = 0, end; start < codes.Length; start = end)
        {
            for (end = start + 1; end < codes.Length && digits[end] == digits[start]; end++) { }
            if (end - start > 1) codes.AsSpan(start, end - start).Sort((left, right) => Key(left).SequenceCompareTo(Key(right)));
        }

        var ranks = new uint[places.Length];
        var distinct = new List<(int Start, int Length)>(places.Length);
        for (var i = 0; i < codes.Length; i++)
        {
            if (i == 0 || !Key(codes[i]).SequenceEqual(Key(codes[i - 1]))) distinct.Add(places[codes[i]]);
            ranks[codes[i]] = (uint)distinct.Count - 1;
        }

        return new(bytes, [.. distinct], ranks);

        ReadOnlySpan<byte> Key(int code) => bytes.AsSpan(places[code].Start, places[code].Length);
    }

    /// <summary>The tag's four upper bits (tags are multiples of 8 below 0x80) and then as much of the rest as fits: monotonic.</summary>
    private static ulong Digit(ReadOnlySpan<byte> key)
    {
        Span<byte> padded = stackalloc byte[9];
        padded.Clear();
        key[..Math.Min(key.Length, padded.Length)].CopyTo(padded);
        return ((ulong)padded[0] >> 3 << 60) | (BinaryPrimitives.ReadUInt64BigEndian(padded[1..]) >> 4);
    }
}
