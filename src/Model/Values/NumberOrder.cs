// Numbers compare by exact mathematical value over all four types. Converting one to the other's type would lie:
// 2^53+1 becomes 2^53 as a double, 0.1 the double is not 0.1m. So each pair has its own exact comparison:
//
//   integers          directly, a negative one below every UInt64
//   integer, double   truncate the double (exact inside the integer's range), then look at what was cut off
//   integer, decimal  every 64-bit integer is a decimal
//   decimal, double   m/10^s against k*2^e, cross-multiplied: 128 bits when that is enough, BigInteger when not
//
// NaN equals NaN and is below every other number; -0.0 equals 0.0. The hash of a number is that of the largest
// double that is not above it, which is the same for equal numbers of any type (OrderedKey begins with it, too).

using System.Numerics;

namespace IngoDB.Model;

/// <summary>Exact comparison and hashing over Int64, UInt64, Double and Decimal.</summary>
internal static class NumberOrder
{
    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;
    private const double TwoTo96 = 79228162514264337593543950336.0;
    private const int MantissaBits = 52;

    /// <summary>Every integer up to 2^53 is a double.</summary>
    private const long ExactIntegerMax = 1L << 53;

    /// <summary>10^22 has 74 bits: with the 53 of a double's mantissa the product stays inside 128.</summary>
    private const int NarrowScaleMax = 22;

    public static int Compare(in Value left, in Value right) => (left.Kind, right.Kind) switch
    {
        (ValueKind.Int64, ValueKind.Int64) => left.AsInt64().CompareTo(right.AsInt64()),
        (ValueKind.Double, ValueKind.Double) => left.AsDouble().CompareTo(right.AsDouble()),
        (ValueKind.UInt64, ValueKind.UInt64) => left.AsUInt64().CompareTo(right.AsUInt64()),
        (ValueKind.Decimal, ValueKind.Decimal) => left.AsDecimal().CompareTo(right.AsDecimal()),
        (ValueKind.Int64, ValueKind.UInt64) => Compare(left.AsInt64(), right.AsUInt64()),
        (ValueKind.UInt64, ValueKind.Int64) => -Compare(right.AsInt64(), left.AsUInt64()),
        (_, ValueKind.Double) => CompareToDouble(left, right.AsDouble()),
        (ValueKind.Double, _) => -CompareToDouble(right, left.AsDouble()),
        _ => ToDecimal(left).CompareTo(ToDecimal(right)),
    };

    public static int Hash(in Value number)
    {
        var floor = FloorToDouble(number);
        return floor == 0 ? 0 : floor.GetHashCode();
    }

    /// <summary>The largest double that is not above the number; NaN for NaN.</summary>
    public static double FloorToDouble(in Value number)
    {
        if (number.Kind == ValueKind.Double) return number.AsDouble();
        if (number.Kind == ValueKind.Int64 && number.AsInt64() is >= -ExactIntegerMax and <= ExactIntegerMax) return number.AsInt64();
        var near = number.Kind switch
        {
            ValueKind.Int64 => number.AsInt64(),
            ValueKind.UInt64 => number.AsUInt64(),
            _ => (double)number.AsDecimal(),
        };
        while (CompareToDouble(number, near) < 0) near = Math.BitDecrement(near);
        if (number.Kind == ValueKind.Decimal)
            while (CompareToDouble(number, Math.BitIncrement(near)) >= 0) near = Math.BitIncrement(near);
        return near;
    }

    /// <summary>A double as mantissa × 2^exponent, with its sign.</summary>
    public static (bool Negative, ulong Mantissa, int Exponent) Split(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> MantissaBits) & 0x7FF;
        var mantissa = bits & ((1UL << MantissaBits) - 1);
        return (bits >> 63 != 0, exponent == 0 ? mantissa : mantissa | (1UL << MantissaBits), Math.Max(exponent, 1) - 1075);
    }

    /// <summary>A decimal as mantissa ÷ 10^scale, with its sign.</summary>
    public static (bool Negative, UInt128 Mantissa, int Scale) Split(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var mantissa = new UInt128((uint)parts[2], ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        return (parts[3] < 0, mantissa, (parts[3] >> 16) & 0xFF);
    }

    private static int Compare(long left, ulong right) => left < 0 ? -1 : ((ulong)left).CompareTo(right);

    private static int CompareToDouble(in Value left, double right)
    {
        if (double.IsNaN(right)) return left.Kind == ValueKind.Double && double.IsNaN(left.AsDouble()) ? 0 : 1;
        return left.Kind switch
        {
            ValueKind.Int64 => Compare(left.AsInt64(), right),
            ValueKind.UInt64 => Compare(left.AsUInt64(), right),
            ValueKind.Decimal => Compare(left.AsDecimal(), right),
            _ => left.AsDouble().CompareTo(right),
        };
    }

    private static int Compare(long left, double right)
    {
        if (right >= TwoTo63) return -1;
        if (right < -TwoTo63) return 1;
        var whole = (long)right;
        return left != whole ? left.CompareTo(whole) : ((double)whole).CompareTo(right);
    }

    private static int Compare(ulong left, double right)
    {
        if (right >= TwoTo64) return -1;
        if (right < 0) return 1;
        var whole = (ulong)right;
        return left != whole ? left.CompareTo(whole) : ((double)whole).CompareTo(right);
    }

    private static int Compare(decimal left, double right)
    {
        if (right >= TwoTo96) return -1;
        if (right <= -TwoTo96) return 1;
        var leftSign = Math.Sign(left);
        if (leftSign != Math.Sign(right)) return leftSign.CompareTo(Math.Sign(right));
        var (_, mantissa, scale) = Split(left);
        var (_, factor, exponent) = Split(right);
        return leftSign * CompareMagnitudes(mantissa, scale, factor, exponent);
    }

    /// <summary>mantissa ÷ 10^scale against factor × 2^exponent.</summary>
    private static int CompareMagnitudes(UInt128 mantissa, int scale, ulong factor, int exponent)
    {
        if (exponent > 0 || scale > NarrowScaleMax)
        {
            var left = (BigInteger)mantissa << Math.Max(-exponent, 0);
            var right = (BigInteger.Pow(10, scale) * factor) << Math.Max(exponent, 0);
            return left.CompareTo(right);
        }

        // mantissa against floor(product ÷ 2^shift), then against the bits that the floor cut off.
        var product = factor * PowerOf10(scale);
        var shift = -exponent;
        var floor = shift >= 128 ? UInt128.Zero : product >> shift;
        if (mantissa != floor) return mantissa.CompareTo(floor);
        var cutOff = shift >= 128 ? product : product - (floor << shift);
        return cutOff == UInt128.Zero ? 0 : -1;
    }

    private static UInt128 PowerOf10(int exponent)
    {
        var power = UInt128.One;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static decimal ToDecimal(in Value number) => number.Kind switch
    {
        ValueKind.Int64 => number.AsInt64(),
        ValueKind.UInt64 => number.AsUInt64(),
        _ => number.AsDecimal(),
    };
}
