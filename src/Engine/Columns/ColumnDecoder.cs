// The bytes of a column frame become a column again: keys checked to ascend, codes unpacked to whole integers and
// checked to be below their number, since whoever counts by codes trusts them. The frame's checksum was verified before.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Reads what <see cref="ColumnEncoder"/> wrote.</summary>
internal ref struct ColumnDecoder(string file, long offset, ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <exception cref="CorruptionException">Not a column of so many rows.</exception>
    public CodeColumn Decode(string field, int rows)
    {
        var head = Take(ColumnFormat.HeadBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != (uint)rows) throw Damaged($"a column of {BinaryPrimitives.ReadUInt32LittleEndian(head)} rows where {rows} are");
        CodeKeys keys = (ColumnEncoding)head[4] switch
        {
            ColumnEncoding.Dictionary => ReadDictionary(),
            ColumnEncoding.Numbers => ReadNumbers(),
            _ => throw Damaged($"encoding {head[4]} is not known"),
        };
        var bits = head[5];
        if (bits == 0 || bits != BitPacking.BitsFor(keys.Count)) throw Damaged($"{bits} bits for {keys.Count} codes");
        if (_rest.Length != BitPacking.BytesFor(rows, bits)) throw Damaged($"{_rest.Length} bytes of codes where {rows} rows have {bits} bits each");
        var column = CodeColumn.Create(field, rows, keys, new PackedCodes(_rest, bits), static (target, codes) => codes.Unpack(target));
        foreach (var greatest in column.ZoneMax)
            if (greatest >= keys.Count) throw Damaged($"code {greatest} of {keys.Count}");
        return column;
    }

    /// <summary>Words of marks for so many rows.</summary>
    /// <exception cref="CorruptionException">Not marks of so many rows.</exception>
    public readonly ulong[] DecodeMarks(int rows)
    {
        if (_rest.Length != 8L * ((rows + 63) / 64)) throw Damaged($"{_rest.Length} bytes of marks for {rows} rows");
        var marks = new ulong[_rest.Length / 8];
        for (var i = 0; i < marks.Length; i++) marks[i] = BinaryPrimitives.ReadUInt64LittleEndian(_rest[(8 * i)..]);
        if (rows % 64 != 0 && marks[^1] >> (rows % 64) != 0) throw Damaged("marks behind the last row");
        return marks;
    }

    private DictionaryKeys ReadDictionary()
    {
        var head = Take(8);
        var (count, bytes) = (BinaryPrimitives.ReadUInt32LittleEndian(head), BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
        if (count is < 2 or > ColumnFormat.DictionaryKeysMax || bytes > _rest.Length) throw Damaged($"a dictionary of {count} keys in {bytes} bytes");
        var lengths = Take(2 * (int)count);
        var keys = Take((int)bytes);
        var ends = new int[count];
        var end = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(lengths[(2 * i)..]);
            if (length > ColumnFormat.KeyBytesMax || length > keys.Length - end) throw Damaged($"key {i} of {length} bytes");
            if (i > 0 && keys[(i == 1 ? 0 : ends[i - 2])..end].SequenceCompareTo(keys.Slice(end, length)) >= 0) throw Damaged($"key {i} is not above the one before");
            ends[i] = end += length;
        }

        return end == keys.Length ? new(keys.ToArray(), ends) : throw Damaged("the keys are shorter than they say");
    }

    private NumberKeys ReadNumbers()
    {
        var head = Take(ColumnFormat.NumberKeysBytes);
        var (kind, scale, lowest) = ((NumberKind)head[0], head[1], head[2]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        var first = BinaryPrimitives.ReadInt64LittleEndian(head[8..]);
        var step = BinaryPrimitives.ReadUInt64LittleEndian(head[16..]);
        if (kind is < NumberKind.Integers or > NumberKind.Timestamps || scale > ColumnFormat.ScaleMax || lowest > (ColumnFormat.MissingBit | ColumnFormat.NullBit)) throw Damaged($"numbers of kind {(int)kind}, scale {scale}, lowest {lowest}");
        var steps = (long)count - 1 - NumberKeys.LowestCount(lowest);
        var last = first + ((Int128)steps * step);
        var reach = kind == NumberKind.Decimals ? ColumnFormat.DecimalMax : long.MaxValue;
        if (steps < 0 || count < 2 || step == 0 || last > reach || first < -reach - (kind == NumberKind.Decimals ? 0 : 1)) throw Damaged($"{count} numbers from {first} in steps of {step}");
        return new(kind, scale, lowest, first, step, count);
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) throw Damaged($"{bytes} bytes wanted where {_rest.Length} are left");
        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }

    private readonly CorruptionException Damaged(string detail) => new(file, offset, detail);

    /// <summary>Codes as they are packed; in memory they take the whole bytes that hold them.</summary>
    private readonly ref struct PackedCodes(ReadOnlySpan<byte> packed, int bits)
    {
        private readonly ReadOnlySpan<byte> _packed = packed;

        public void Unpack(Span<byte> target)
        {
            if (bits <= 8) BitPacking.Unpack(_packed, bits, target);
            else if (bits <= 16) BitPacking.Unpack(_packed, bits, MemoryMarshal.Cast<byte, ushort>(target));
            else BitPacking.Unpack(_packed, bits, MemoryMarshal.Cast<byte, uint>(target));
        }
    }
}
