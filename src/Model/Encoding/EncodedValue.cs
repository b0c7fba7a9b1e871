// STUB of the contract.
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

    public Value Decode() => throw new NotImplementedException();

    /// <summary>In the total order, without decoding.</summary>
    public int CompareTo(EncodedValue other) => throw new NotImplementedException();

    /// <summary>In the total order, without decoding; a string is compared with its UTF-8 bytes.</summary>
    public int CompareTo(EncodedOperand operand) => throw new NotImplementedException();

    /// <summary>Elements of an array; 0 for other kinds.</summary>
    public int ArrayLength => throw new NotImplementedException();

    public EncodedValue ArrayElement(int index) => throw new NotImplementedException();

    /// <summary>A field of a nested document; Missing for other kinds or names.</summary>
    public EncodedValue Field(string name) => throw new NotImplementedException();
}

/// <summary>A constant of a query, encoded once so that it can be compared with many rows' values.</summary>
public sealed class EncodedOperand
{
    public EncodedOperand(Value value) => Value = value;

    public Value Value { get; }

    /// <summary>The same value as it would stand in a row.</summary>
    public EncodedValue View => throw new NotImplementedException();
}
