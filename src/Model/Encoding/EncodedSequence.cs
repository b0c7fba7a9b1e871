// The reading side of a sequence (drawn in RowFormat.cs): width u8 | tags | ends | payload. A value is found by its
// tag, its end and the end before it; nothing is decoded on the way.

using System.Buffers.Binary;

namespace IngoDB.Model;

/// <summary>A sequence of values where it lies: the fields of a row or of a nested document, or the elements of an array.</summary>
internal readonly ref struct EncodedSequence
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _payloadStart;

    public EncodedSequence(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        Count = count;
        _payloadStart = 1 + count + (count * bytes[0]);
    }

    public int Count { get; }

    public ReadOnlySpan<byte> Payload => _bytes[_payloadStart..];

    public EncodedValue this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : EndOf(index - 1);
            return new(TagOf(index), _bytes.Slice(_payloadStart + start, EndOf(index) - start));
        }
    }

    public byte TagOf(int index) => _bytes[1 + index];

    public int EndOf(int index)
    {
        var ends = 1 + Count;
        return _bytes[0] switch
        {
            1 => _bytes[ends + index],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(ends + (index * 2))..]),
            _ => BinaryPrimitives.ReadInt32LittleEndian(_bytes[(ends + (index * 4))..]),
        };
    }

    /// <summary>The elements of an array's payload.</summary>
    public static EncodedSequence OfArray(ReadOnlySpan<byte> payload)
    {
        var position = 0;
        var count = Varint.Read(payload, ref position);
        return new(payload[position..], count);
    }
}
