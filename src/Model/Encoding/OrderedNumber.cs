// The number part of an ordered key: the largest double ≤ the number, then what is left above it, exactly (drawn in
// OrderedKeyFormat.cs). Doubles, and integers up to 2^53, leave nothing and take ten bytes; larger integers leave
// at most 2047 and take three or four more without arithmetic beyond 64 bits; decimals that no double hits need
// BigInteger once.

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace IngoDB.Model;

/// <summary>Numbers as bytes whose memcmp order is their exact mathematical order.</summary>
internal static class OrderedNumber
{
    private const ulong SignBit = 1UL << 63;
    private const long DoubleIntegerMax = 1L << 53;

    /// <summary>Tag, bits, and a remainder of at most 1 + 16 + 1 + 16 bytes.</summary>
    private const int KeyBytesMax = 1 + 8 + 34;

    private static readonly BigInteger One = BigInteger.Pow(10, OrderedKeyFormat.RemainderDigits);

    public static void Append(in Value number, IBufferWriter<byte> target)
    {
        var key = target.GetSpan(KeyBytesMax);
        var floor = NumberOrder.FloorToDouble(number);
        key[0] = OrderedKeyFormat.NumberTag;
        BinaryPrimitives.WriteUInt64BigEndian(key[1..], SortableBits(floor));
        target.Advance(9 + WriteRemainder(key[9..], number, floor));
    }

    /// <summary>Of integers that are doubles; false for others.</summary>
    /// <param name="number">To write.</param>
    /// <param name="target">At least ten bytes.</param>
    /// <param name="bytes">Written.</param>
    public static bool TryWrite(long number, Span<byte> target, out int bytes)
    {
        bytes = number is >= -DoubleIntegerMax and <= DoubleIntegerMax ? Write((double)number, target) : 0;
        return bytes > 0;
    }

    /// <summary>Any double leaves nothing. Returns the length.</summary>
    public static int Write(double number, Span<byte> target)
    {
        target[0] = OrderedKeyFormat.NumberTag;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], SortableBits(number));
        target[9] = 0;
        return 10;
    }

    /// <summary>Reads what stands after the tag and advances <paramref name="position"/>.</summary>
    public static Value Decode(ReadOnlySpan<byte> source, ref int position)
    {
        var floor = FromSortableBits(BinaryPrimitives.ReadUInt64BigEndian(source[position..]));
        position += 8;
        var wholeLength = source[position++];
        if (wholeLength == 0) return Narrowest(floor);
        var whole = ReadBigEndian(source, ref position, wholeLength - 1);
        var restLength = source[position++];
        var rest = ReadBigEndian(source, ref position, restLength);
        return Narrowest(ScaledFloor(floor) + (whole * One) + rest);
    }

    /// <summary>How many bytes the number's key has after its tag; <paramref name="mask"/> is FF for a descending key.</summary>
    public static int LengthAfterTag(ReadOnlySpan<byte> source, byte mask)
    {
        var wholeLength = source[8] ^ mask;
        return wholeLength == 0 ? 9 : 9 + wholeLength + (source[8 + wholeLength] ^ mask);
    }

    private static ulong SortableBits(double value)
    {
        if (double.IsNaN(value)) return 0;
        var bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0.0 : value);
        return (bits & SignBit) == 0 ? bits | SignBit : ~bits;
    }

    private static double FromSortableBits(ulong bits)
        => bits == 0 ? double.NaN : BitConverter.UInt64BitsToDouble((bits & SignBit) != 0 ? bits & ~SignBit : ~bits);

    private static int WriteRemainder(Span<byte> target, in Value number, double floor)
    {
        switch (number.Kind)
        {
            case ValueKind.Int64: return WriteParts(target, IntegerAbove(number.AsInt64(), floor));
            case ValueKind.UInt64: return WriteParts(target, number.AsUInt64() - (ulong)floor);
            case ValueKind.Decimal: break;
            default: return WriteParts(target, 0);
        }

        var above = Scaled(number.AsDecimal()) - ScaledFloor(floor);
        return WriteParts(target, BigInteger.DivRem(above, One, out var rest), rest);
    }

    /// <summary>The distance is below 2^11, so it survives the wrap-around of two's complement.</summary>
    private static ulong IntegerAbove(long number, double floor) => unchecked((ulong)(number - (long)floor));

    private static int WriteParts(Span<byte> target, ulong whole)
    {
        target[0] = 0;
        return whole == 0 ? 1 : WriteParts(target, whole, BigInteger.Zero);
    }

    private static int WriteParts(Span<byte> target, BigInteger whole, BigInteger rest)
    {
        target[0] = 0;
        if (whole.IsZero && rest.IsZero) return 1;
        var wholeLength = whole.IsZero ? 0 : whole.GetByteCount(isUnsigned: true);
        var restLength = rest.IsZero ? 0 : rest.GetByteCount(isUnsigned: true);
        target[0] = (byte)(1 + wholeLength);
        if (wholeLength > 0) whole.TryWriteBytes(target[1..], out _, isUnsigned: true, isBigEndian: true);
        target[1 + wholeLength] = (byte)restLength;
        if (restLength > 0) rest.TryWriteBytes(target[(2 + wholeLength)..], out _, isUnsigned: true, isBigEndian: true);
        return 2 + wholeLength + restLength;
    }

    private static BigInteger ReadBigEndian(ReadOnlySpan<byte> source, ref int position, int length)
    {
        var value = new BigInteger(source.Slice(position, length), isUnsigned: true, isBigEndian: true);
        position += length;
        return value;
    }

    private static BigInteger Scaled(decimal number)
    {
        var (negative, mantissa, scale) = NumberOrder.Split(number);
        var scaled = (BigInteger)mantissa * BigInteger.Pow(10, OrderedKeyFormat.RemainderDigits - scale);
        return negative ? -scaled : scaled;
    }

    /// <summary>floor(value × 10^28); the shift of a negative BigInteger rounds down, as it must.</summary>
    private static BigInteger ScaledFloor(double value)
    {
        var (negative, mantissa, exponent) = NumberOrder.Split(value);
        var scaled = (negative ? -(BigInteger)mantissa : mantissa) * One;
        return exponent >= 0 ? scaled << exponent : scaled >> -exponent;
    }

    private static Value Narrowest(double value)
    {
        if (value != Math.Floor(value) || value is >= 18446744073709551616.0 or < -9223372036854775808.0) return Value.From(value);
        return value < 9223372036854775808.0 ? Value.From((long)value) : Value.From((ulong)value);
    }

    private static Value Narrowest(BigInteger scaled)
    {
        var scale = OrderedKeyFormat.RemainderDigits;
        for (; scale > 0; scale--)
        {
            var tenth = BigInteger.DivRem(scaled, 10, out var digit);
            if (!digit.IsZero) break;
            scaled = tenth;
        }

        if (scale > 0 || scaled < long.MinValue || scaled > ulong.MaxValue) return Value.From(ToDecimal(scaled, scale));
        return scaled <= long.MaxValue ? Value.From((long)scaled) : Value.From((ulong)scaled);
    }

    private static decimal ToDecimal(BigInteger scaled, int scale)
    {
        var magnitude = BigInteger.Abs(scaled);
        if (magnitude.GetBitLength() > 96) throw new CorruptionException("key", 0, "a number that is neither an integer, a double nor a decimal");
        var low = (ulong)(magnitude & ulong.MaxValue);
        return new decimal((int)low, (int)(low >> 32), (int)(uint)(magnitude >> 64), scaled.Sign < 0, (byte)scale);
    }
}
