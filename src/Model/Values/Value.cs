// One value of a document: a tagged union of twelve kinds in 32 bytes, so that scalars cost no allocation.
//
//   _bits, _moreBits   the scalar: bool, int64, uint64, double bits, decimal and uuid (16 bytes), timestamp ticks
//   _reference         string, byte[], Value[] or Document
//
// Equality is "compares equal" in the total order of ValueOrder: 5 = 5u = 5.0 = 5.00m, NaN = NaN, -0.0 = 0.0.
// What this does not do: convert. AsInt64 on a Double throws; a caller that wants coercion says so.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace IngoDB.Model;

/// <summary>An immutable value of one of the kinds in <see cref="ValueKind"/>; <c>default</c> is Missing.</summary>
public readonly partial struct Value : IEquatable<Value>, IComparable<Value>
{
    private readonly object? _reference;
    private readonly ulong _bits;
    private readonly ulong _moreBits;

    private Value(ValueKind kind, ulong bits = 0, ulong moreBits = 0, object? reference = null)
        => (Kind, _bits, _moreBits, _reference) = (kind, bits, moreBits, reference);

    public ValueKind Kind { get; }

    /// <summary>The field is not there. Never stored; sorts below everything.</summary>
    public static Value Missing => default;

    public static Value Null => new(ValueKind.Null);

    public bool IsMissing => Kind == ValueKind.Missing;

    public bool IsNull => Kind == ValueKind.Null;

    public bool IsNumber => Kind is >= ValueKind.Int64 and <= ValueKind.Decimal;

    public static Value From(bool value) => new(ValueKind.Bool, value ? 1UL : 0UL);

    public static Value From(long value) => new(ValueKind.Int64, unchecked((ulong)value));

    public static Value From(ulong value) => new(ValueKind.UInt64, value);

    public static Value From(double value) => new(ValueKind.Double, unchecked((ulong)BitConverter.DoubleToInt64Bits(value)));

    public static Value From(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        return new(ValueKind.Decimal, ((ulong)(uint)parts[1] << 32) | (uint)parts[0], ((ulong)(uint)parts[3] << 32) | (uint)parts[2]);
    }

    public static Value From(string value) => new(ValueKind.String, reference: value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Takes the array as it is: the caller gives it up.</summary>
    public static Value From(byte[] value) => new(ValueKind.Bytes, reference: value ?? throw new ArgumentNullException(nameof(value)));

    public static Value From(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new(ValueKind.Uuid, BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    /// <summary>UTC, to 100 ns; the offset is not kept.</summary>
    public static Value From(DateTimeOffset value) => new(ValueKind.Timestamp, unchecked((ulong)value.UtcTicks));

    /// <summary>Takes the array as it is: the caller gives it up. Elements are never Missing.</summary>
    public static Value From(params Value[] elements) => new(ValueKind.Array, reference: elements ?? throw new ArgumentNullException(nameof(elements)));

    /// <summary>An array of these elements; of one element, too, where From would mean the element itself.</summary>
    public static Value ArrayOf(params ReadOnlySpan<Value> elements) => From(elements.ToArray());

    public static Value From(Document document) => new(ValueKind.Document, reference: document ?? throw new ArgumentNullException(nameof(document)));

    /// <summary>From ticks since 0001-01-01 UTC, as the row codec stores them.</summary>
    public static Value FromTimestampTicks(long utcTicks) => new(ValueKind.Timestamp, unchecked((ulong)utcTicks));

    public static implicit operator Value(bool value) => From(value);

    public static implicit operator Value(int value) => From((long)value);

    public static implicit operator Value(long value) => From(value);

    public static implicit operator Value(ulong value) => From(value);

    public static implicit operator Value(double value) => From(value);

    public static implicit operator Value(decimal value) => From(value);

    public static implicit operator Value(string value) => From(value);

    public static implicit operator Value(Guid value) => From(value);

    public static implicit operator Value(DateTimeOffset value) => From(value);

    public static implicit operator Value(Document value) => From(value);

    public bool AsBool() => Expect(ValueKind.Bool)._bits != 0;

    public long AsInt64() => unchecked((long)Expect(ValueKind.Int64)._bits);

    public ulong AsUInt64() => Expect(ValueKind.UInt64)._bits;

    public double AsDouble() => BitConverter.Int64BitsToDouble(unchecked((long)Expect(ValueKind.Double)._bits));

    public decimal AsDecimal()
    {
        Expect(ValueKind.Decimal);
        var flags = (int)(uint)(_moreBits >> 32);
        return new decimal((int)(uint)_bits, (int)(uint)(_bits >> 32), (int)(uint)_moreBits, flags < 0, (byte)(flags >> 16));
    }

    public string AsString() => (string)Expect(ValueKind.String)._reference!;

    public ReadOnlyMemory<byte> AsBytes() => (byte[])Expect(ValueKind.Bytes)._reference!;

    public Guid AsUuid()
    {
        Expect(ValueKind.Uuid);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _bits);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _moreBits);
        return new Guid(bytes, bigEndian: true);
    }

    public DateTimeOffset AsTimestamp() => new(AsTimestampTicks(), TimeSpan.Zero);

    public long AsTimestampTicks() => unchecked((long)Expect(ValueKind.Timestamp)._bits);

    public ReadOnlyMemory<Value> AsArray() => (Value[])Expect(ValueKind.Array)._reference!;

    public Document AsDocument() => (Document)Expect(ValueKind.Document)._reference!;

    public bool Equals(Value other) => ValueOrder.Compare(this, other) == 0;

    public int CompareTo(Value other) => ValueOrder.Compare(this, other);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Value other && Equals(other);

    public override int GetHashCode() => ValueOrder.Hash(this);

    /// <summary>As JSON; for people and messages.</summary>
    public override string ToString() => IsMissing ? "missing" : DocumentJson.ToJson(this);

    public static bool operator ==(Value left, Value right) => left.Equals(right);

    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    public static bool operator <(Value left, Value right) => left.CompareTo(right) < 0;

    public static bool operator <=(Value left, Value right) => left.CompareTo(right) <= 0;

    public static bool operator >(Value left, Value right) => left.CompareTo(right) > 0;

    public static bool operator >=(Value left, Value right) => left.CompareTo(right) >= 0;

    private Value Expect(ValueKind kind)
        => Kind == kind ? this : throw new InvalidOperationException($"The value is {Kind}, not {kind}.");
}
