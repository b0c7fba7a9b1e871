// The part of an exact sum that needs room: every double at once. A superaccumulator (Kulisch): one integer wide enough for the
// least bit of the smallest double and the greatest of the largest, kept as digits of 32 bits in 64, so that a carry is
// propagated once in many additions. Adding a double touches three digits.
//
//   digit   0        1        …   33 │ 34 …                      weight of digit k: 2^(32k - 1088)
//           2^-1088  2^-1056         │ 2^0 …  2^1023 + room
//
// Decimals that are no binary fraction are an integer of their own, in units of 10^-28.

using System.Buffers;
using System.Numerics;

namespace IngoDB.Model;

/// <summary>Sums without bounds. One thread.</summary>
internal sealed class WideSum
{
    public const int DecimalDigits = 28;

    private const int DigitBits = 32;
    private const int LowestBit = -1088;
    private const int Digits = 72;

    /// <summary>A digit grows by less than 2^32 with each addition.</summary>
    private const int AdditionsMax = 1 << 29;

    private readonly long[] _digits = new long[Digits];
    private BigInteger _decimal;
    private int _additions;

    public static BigInteger DecimalUnit { get; } = BigInteger.Pow(10, DecimalDigits);

    public long Bytes => 64 + (8L * Digits) + _decimal.GetByteCount();

    /// <summary>mantissa × 2^exponent.</summary>
    public void AddBinary(bool negative, UInt128 mantissa, int exponent)
    {
        if (++_additions > AdditionsMax) Normalize();
        var at = exponent - LowestBit;
        var digit = at / DigitBits;
        for (var bits = at % DigitBits; mantissa != 0; mantissa >>= DigitBits - bits, bits = 0)
        {
            var part = (long)(((ulong)mantissa << bits) & uint.MaxValue);
            _digits[digit++] += negative ? -part : part;
        }
    }

    /// <summary>In units of 2^-64.</summary>
    public void AddUnits(Int128 units) => AddBinary(units < 0, units < 0 ? (UInt128)(-units) : (UInt128)units, -ExactSum.BinaryBits);

    public void AddDecimal(BigInteger units) => _decimal += units;

    public void Append(IBufferWriter<byte> target)
    {
        Write(Binary(), target);
        Write(_decimal, target);
    }

    public void Merge(ref ReadOnlySpan<byte> state)
    {
        var binary = Read(ref state);
        var magnitude = BigInteger.Abs(binary).ToByteArray(isUnsigned: true);
        for (var i = 0; i < magnitude.Length; i++) AddBinary(binary.Sign < 0, magnitude[i], (8 * i) + LowestBit);
        _decimal += Read(ref state);
    }

    /// <summary>All of a sum as one fraction.</summary>
    public (BigInteger Numerator, BigInteger Denominator) With(Int128 binary, Int128 decimals)
    {
        var units = Binary() + ((BigInteger)binary << (-LowestBit - ExactSum.BinaryBits));
        return ((units * DecimalUnit) + ((_decimal + decimals) << -LowestBit), DecimalUnit << -LowestBit);
    }

    private BigInteger Binary()
    {
        var sum = BigInteger.Zero;
        for (var i = Digits - 1; i >= 0; i--) sum = (sum << DigitBits) + _digits[i];
        return sum;
    }

    private void Normalize()
    {
        _additions = 0;
        for (var i = 0; i < Digits - 1; i++)
        {
            _digits[i + 1] += _digits[i] >> DigitBits;
            _digits[i] &= uint.MaxValue;
        }
    }

    private static void Write(BigInteger number, IBufferWriter<byte> target)
    {
        var bytes = number.ToByteArray();
        Varint.Write(target, bytes.Length);
        target.Write(bytes);
    }

    private static BigInteger Read(ref ReadOnlySpan<byte> source)
    {
        var position = 0;
        var length = Varint.Read(source, ref position);
        var number = new BigInteger(source.Slice(position, length));
        source = source[(position + length)..];
        return number;
    }
}
