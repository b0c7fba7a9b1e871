// From an exact fraction to the value that is answered, rounded once (half to even). The type is chosen from the value:
//
//   an integer      Int64, else UInt64, else Double where it is one exactly, else Decimal up to 96 bits, else Double
//   anything else   Decimal where a decimal fraction took part and 96 bits are enough (28 digits behind the point at most), else Double
//
// So 0.1m + 0.2m is 0.3m, 0.5 + 0.25 is the double 0.75, 1.5 + 1.5 is the integer 3, and the mean of 1 and 2 is 1.5.
// Beyond the largest double it is an infinity.

using System.Numerics;

namespace IngoDB.Model;

/// <summary>Fractions as values. Pure.</summary>
internal static class ExactRatio
{
    private const int MantissaBits = 53;
    private const int DecimalBits = 96;
    private const int DecimalScaleMax = 28;
    private const int LowestExponent = -1074;

    /// <param name="denominator">Positive.</param>
    /// <param name="isDecimal">A decimal fraction took part.</param>
    public static Value ToValue(BigInteger numerator, BigInteger denominator, bool isDecimal)
    {
        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        if (rest.IsZero) return OfInteger(whole);
        return isDecimal && TryToDecimal(numerator, denominator, out var number) ? Value.From(number) : Value.From(ToDouble(numerator, denominator));
    }

    private static Value OfInteger(BigInteger whole)
    {
        if (whole >= long.MinValue && whole <= long.MaxValue) return Value.From((long)whole);
        if (whole.Sign > 0 && whole <= ulong.MaxValue) return Value.From((ulong)whole);
        var near = ToDouble(whole, BigInteger.One);
        if (double.IsFinite(near) && new BigInteger(near) == whole) return Value.From(near);
        return TryToDecimal(whole, BigInteger.One, out var number) ? Value.From(number) : Value.From(near);
    }

    /// <summary>The nearest decimal, without zeros at its end; false when it is too large for one.</summary>
    private static bool TryToDecimal(BigInteger numerator, BigInteger denominator, out decimal number)
    {
        number = 0;
        for (var scale = DecimalScaleMax; scale >= 0; scale--)
        {
            var digits = RoundHalfEven(BigInteger.Abs(numerator) * BigInteger.Pow(10, scale), denominator);
            if (digits.GetBitLength() > DecimalBits) continue;
            for (; scale > 0; scale--)
            {
                var tenth = BigInteger.DivRem(digits, 10, out var digit);
                if (!digit.IsZero) break;
                digits = tenth;
            }

            var low = (ulong)(digits & ulong.MaxValue);
            number = new decimal((int)low, (int)(low >> 32), (int)(uint)(digits >> 64), numerator.Sign < 0, (byte)scale);
            return true;
        }

        return false;
    }

    private static double ToDouble(BigInteger numerator, BigInteger denominator)
    {
        var magnitude = BigInteger.Abs(numerator);
        if (magnitude.IsZero) return 0;

        // The quotient lies in [2^length-1, 2^length+1); the least bit kept is the 53rd, and never below the smallest double.
        var length = (int)(magnitude.GetBitLength() - denominator.GetBitLength());
        var exponent = Math.Max(length - MantissaBits, LowestExponent);
        var mantissa = Rounded(magnitude, denominator, exponent);
        if (mantissa.GetBitLength() > MantissaBits && mantissa != BigInteger.One << MantissaBits) mantissa = Rounded(magnitude, denominator, ++exponent);
        var bits = exponent > 971 ? BitConverter.DoubleToUInt64Bits(double.PositiveInfinity) : ((ulong)(exponent - LowestExponent) << (MantissaBits - 1)) + (ulong)mantissa;
        var result = Math.Min(BitConverter.UInt64BitsToDouble(bits), double.PositiveInfinity);
        return numerator.Sign < 0 ? -result : result;
    }

    private static BigInteger Rounded(BigInteger magnitude, BigInteger denominator, int exponent)
        => exponent >= 0 ? RoundHalfEven(magnitude, denominator << exponent) : RoundHalfEven(magnitude << -exponent, denominator);

    private static BigInteger RoundHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        var order = (rest << 1).CompareTo(denominator);
        return order > 0 || (order == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
