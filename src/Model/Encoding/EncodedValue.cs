// A value where it lies in a row. Filters, sorts and index builds look at millions of these and keep few, so looking
// must cost nothing: no decoding, no allocation, strings compared as the UTF-8 they are. Bytes are trusted: they were
// written by RowWriter or proved by RowWriter.Validate.
//
// What this does not do: order nested documents in place. Their names must be sorted first, so both are decoded; a
// document as a sort key is rare enough.

using System.Buffers.Binary;
using System.Text;

namespace IngoDB.Model;

/// <summary>A value where it lies in a row: tag and bytes, nothing decoded, nothing allocated. Its span lives as long as the row's.</summary>
public readonly ref struct EncodedValue
{
    private readonly byte _tag;

    public EncodedValue(byte tag, ReadOnlySpan<byte> payload)
    {
        _tag = tag;
        Payload = payload;
    }

    /// <summary>The field is not there.</summary>
    public static EncodedValue Missing => default;

    public ValueKind Kind => (ValueKind)(_tag & ~RowFormat.TrueBit);

    public bool IsMissing => _tag == 0;

    public byte Tag => _tag;

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Elements of an array; 0 for other kinds.</summary>
    public int ArrayLength => Kind == ValueKind.Array ? EncodedSequence.OfArray(Payload).Count : 0;

    public EncodedValue ArrayElement(int index)
    {
        if (Kind != ValueKind.Array) return Missing;
        var elements = EncodedSequence.OfArray(Payload);
        return (uint)index < (uint)elements.Count ? elements[index] : Missing;
    }

    /// <summary>A field of a nested document; Missing for other kinds or names.</summary>
    public EncodedValue Field(string name) => Kind == ValueKind.Document ? new EncodedFields(Payload).Field(name) : Missing;

    /// <summary>Follows the steps of a path from here.</summary>
    public EncodedValue At(ReadOnlySpan<PathStep> steps)
    {
        var value = this;
        foreach (var step in steps)
        {
            if (value.IsMissing) break;
            value = step.IsIndex ? value.ArrayElement(step.Index) : value.Field(step.Name!);
        }

        return value;
    }

    /// <summary>In the total order, without decoding.</summary>
    public int CompareTo(EncodedValue other) => EncodedOrder.Compare(this, other);

    /// <summary>In the total order, without decoding; a string is compared with its UTF-8 bytes.</summary>
    public int CompareTo(EncodedOperand operand) => EncodedOrder.Compare(this, operand);

    public Value Decode() => Kind switch
    {
        ValueKind.Null => Value.Null,
        ValueKind.Bool => Value.From((_tag & RowFormat.TrueBit) != 0),
        >= ValueKind.Int64 and <= ValueKind.Decimal => DecodeNumber(),
        ValueKind.String => Value.From(Encoding.UTF8.GetString(Payload)),
        ValueKind.Bytes => Value.From(Payload.ToArray()),
        ValueKind.Uuid => Value.From(new Guid(Payload, bigEndian: true)),
        ValueKind.Timestamp => Value.FromTimestampTicks(BinaryPrimitives.ReadInt64LittleEndian(Payload)),
        ValueKind.Array => DecodeArray(),
        ValueKind.Document => Value.From(new EncodedFields(Payload).Decode()),
        _ => Value.Missing,
    };

    internal Value DecodeNumber() => Kind switch
    {
        ValueKind.Int64 => Value.From(DecodeInt64()),
        ValueKind.UInt64 => Value.From(DecodeUInt64()),
        ValueKind.Double => Value.From(BinaryPrimitives.ReadDoubleLittleEndian(Payload)),
        _ => Value.From(DecodeDecimal()),
    };

    internal long DecodeInt64() => Payload.Length switch
    {
        0 => 0,
        1 => (sbyte)Payload[0],
        2 => BinaryPrimitives.ReadInt16LittleEndian(Payload),
        4 => BinaryPrimitives.ReadInt32LittleEndian(Payload),
        _ => BinaryPrimitives.ReadInt64LittleEndian(Payload),
    };

    private ulong DecodeUInt64() => Payload.Length switch
    {
        0 => 0,
        1 => Payload[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Payload),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(Payload),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(Payload),
    };

    private decimal DecodeDecimal()
    {
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < 4; i++) parts[i] = BinaryPrimitives.ReadInt32LittleEndian(Payload[(i * 4)..]);
        return new decimal(parts);
    }

    private Value DecodeArray()
    {
        var elements = EncodedSequence.OfArray(Payload);
        var values = new Value[elements.Count];
        for (var i = 0; i < values.Length; i++) values[i] = elements[i].Decode();
        return Value.From(values);
    }
}

/// <summary>A constant of a query, encoded once so that it can be compared with many rows' values.</summary>
public sealed class EncodedOperand
{
    private readonly byte _tag;
    private readonly byte[] _payload;

    /// <exception cref="InvalidRequestException">The value could not stand in a row.</exception>
    public EncodedOperand(Value value)
    {
        Value = value;
        (_tag, _payload) = RowWriter.Encode(value);
    }

    public Value Value { get; }

    /// <summary>The same value as it would stand in a row.</summary>
    public EncodedValue View => new(_tag, _payload);
}
