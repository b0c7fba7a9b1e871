// A sum that does not depend on the order in which it was taken: it is kept exactly and rounded once, when it is asked for.
// So a thousand partitions, an index and a column give the same answer to the last bit. (Adding doubles would not:
// 1e16 + 1 - 1e16 is 0 or 1, depending on who adds first.)
//
//   binary    Int128 in units of 2^-64     integers, doubles and decimals that are such a multiple: nearly everything
//   decimal   Int128 in units of 10^-28    decimals that no binary fraction hits (19.99m)
//   wide      both without bounds          what does not fit above: 1e300, 1e-30, sums beyond 2^63
//
// Which number goes where depends on its value alone, never on its type, since a column of codes knows values only: 5.0 and
// 5m are the integer 5. NaN and infinities are remembered as facts: NaN, or both infinities, make the sum NaN.
//
// State, as bytes (docs/formats/aggregate.md):
//
//   flags u8: NaN 01, +infinity 02, -infinity 04, a decimal fraction took part 08, binary 10, decimal 20, wide 40
//   | how many numbers i64 | binary i128 if flagged | decimal i128 if flagged
//   | wide: length varint, integer in units of 2^-1088 | length varint, integer in units of 10^-28 (two's complement, little-endian)

using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace IngoDB.Model;

/// <summary>An exact sum of numbers and how many they were. A mutable value: hold it by reference.</summary>
public struct ExactSum
{
    internal const int BinaryBits = 64;

    private const byte NanFlag = 0x01;
    private const byte PositiveFlag = 0x02;
    private const byte NegativeFlag = 0x04;
    private const byte DecimalFlag = 0x08;
    private const byte BinaryStored = 0x10;
    private const byte DecimalStored = 0x20;
    private const byte WideStored = 0x40;

    private static readonly UInt128[] PowersOf5 = Powers(5);
    private static readonly Int128[] PowersOf10 = [.. Powers(10).Select(power => (Int128)power)];

    private Int128 _binary, _decimal;
    private WideSum? _wide;
    private byte _flags;

    /// <summary>How many numbers were added.</summary>
    public long Count { get; private set; }

    /// <summary>Memory beside the value itself.</summary>
    public readonly long ExtraBytes => _wide?.Bytes ?? 0;

    /// <summary>Adds a number; everything else is left out.</summary>
    public void Add(EncodedValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Int64: AddInteger(value.DecodeInt64()); break;
            case ValueKind.Double: AddDouble(BinaryPrimitives.ReadDoubleLittleEndian(value.Payload)); break;
            case >= ValueKind.Int64 and <= ValueKind.Decimal: Add(value.DecodeNumber()); return;
            default: return;
        }

        Count++;
    }

    /// <summary>The same from a value in memory.</summary>
    public void Add(in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Int64: AddInteger(value.AsInt64()); break;
            case ValueKind.Double: AddDouble(value.AsDouble()); break;
            case ValueKind.UInt64: AddBinary(negative: false, value.AsUInt64(), 0); break;
            case ValueKind.Decimal: AddDecimal(value.AsDecimal()); break;
            default: return;
        }

        Count++;
    }

    /// <summary>Adds <paramref name="count"/> numbers whose sum in units of 2^-64 is known.</summary>
    public void AddFixed(Int128 sum, long count)
    {
        Count += count;
        AddSmall(sum);
    }

    /// <summary>The number in units of 2^-64, if it is a whole number of them that fits.</summary>
    public static bool TryToFixed(in Value value, out Int128 units)
    {
        var one = new ExactSum();
        one.Add(value);
        units = one._binary;
        return one.Count == 1 && one._flags == 0 && one._wide is null && one._decimal == 0;
    }

    public void Merge(ref ReadOnlySpan<byte> state)
    {
        var stored = state[0];
        _flags |= (byte)(stored & (NanFlag | PositiveFlag | NegativeFlag | DecimalFlag));
        Count += BinaryPrimitives.ReadInt64LittleEndian(state[1..]);
        state = state[9..];
        if ((stored & BinaryStored) != 0) AddSmall(ReadInt128(ref state));
        if ((stored & DecimalStored) != 0) AddSmallDecimal(ReadInt128(ref state));
        if ((stored & WideStored) != 0) (_wide ??= new()).Merge(ref state);
    }

    public readonly void Append(IBufferWriter<byte> target)
    {
        var head = target.GetSpan(41);
        var flags = _flags;
        var used = 9;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], Count);
        if (_binary != 0) Store(_binary, BinaryStored, head, ref flags, ref used);
        if (_decimal != 0) Store(_decimal, DecimalStored, head, ref flags, ref used);
        if (_wide is not null) flags |= WideStored;
        head[0] = flags;
        target.Advance(used);
        _wide?.Append(target);
    }

    /// <summary>The sum, rounded once if it must be; 0 of nothing. <see cref="ExactRatio"/> says which type it has.</summary>
    public readonly Value Sum()
    {
        if (NotFinite is { } special) return special;
        if (_wide is null && _decimal == 0 && (ulong)_binary == 0) return Value.From((long)(_binary >> BinaryBits));
        var (numerator, denominator) = Exact();
        return ExactRatio.ToValue(numerator, denominator, (_flags & DecimalFlag) != 0);
    }

    /// <summary>The mean, rounded once; null of nothing.</summary>
    public readonly Value Average()
    {
        if (Count == 0) return Value.Null;
        if (NotFinite is { } special) return special;
        var (numerator, denominator) = Exact();
        return ExactRatio.ToValue(numerator, denominator * Count, (_flags & DecimalFlag) != 0);
    }

    private readonly Value? NotFinite => (_flags & (NanFlag | PositiveFlag | NegativeFlag)) switch
    {
        0 => (Value?)null,
        PositiveFlag => Value.From(double.PositiveInfinity),
        NegativeFlag => Value.From(double.NegativeInfinity),
        _ => Value.From(double.NaN),
    };

    private readonly (BigInteger Numerator, BigInteger Denominator) Exact()
    {
        if (_wide is not null) return _wide.With(_binary, _decimal);
        if (_decimal == 0) return (_binary, BigInteger.One << BinaryBits);
        return (((BigInteger)_binary * WideSum.DecimalUnit) + ((BigInteger)_decimal << BinaryBits), WideSum.DecimalUnit << BinaryBits);
    }

    private void AddInteger(long integer) => AddSmall(new Int128((ulong)integer, 0));

    private void AddDouble(double number)
    {
        if (!double.IsFinite(number))
        {
            _flags |= double.IsNaN(number) ? NanFlag : number > 0 ? PositiveFlag : NegativeFlag;
            return;
        }

        var (negative, mantissa, exponent) = NumberOrder.Split(number);
        if (mantissa != 0) AddBinary(negative, mantissa, exponent);
    }

    private void AddDecimal(decimal number)
    {
        var (negative, mantissa, scale) = NumberOrder.Split(number);
        var (fifths, rest) = UInt128.DivRem(mantissa, PowersOf5[scale]);
        if (rest == 0)
        {
            AddBinary(negative, fifths, -scale);
            return;
        }

        _flags |= DecimalFlag;
        var factor = PowersOf10[WideSum.DecimalDigits - scale];
        if (mantissa <= (UInt128)(Int128.MaxValue / factor)) AddSmallDecimal(negative ? -((Int128)mantissa * factor) : (Int128)mantissa * factor);
        else (_wide ??= new()).AddDecimal((negative ? -(BigInteger)mantissa : mantissa) * factor);
    }

    /// <summary>mantissa × 2^exponent.</summary>
    private void AddBinary(bool negative, UInt128 mantissa, int exponent)
    {
        var zeros = (int)UInt128.TrailingZeroCount(mantissa);
        var shift = exponent + BinaryBits;
        if (mantissa == 0) return;
        if (shift + zeros >= 0 && shift + 128 - (int)UInt128.LeadingZeroCount(mantissa) < 127)
        {
            var units = (Int128)(shift >= 0 ? mantissa << shift : mantissa >> -shift);
            AddSmall(negative ? -units : units);
        }
        else (_wide ??= new()).AddBinary(negative, mantissa, exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSmall(Int128 units)
    {
        var sum = unchecked(_binary + units);
        if (((_binary ^ sum) & (units ^ sum)) < 0) Overflow(units);
        else _binary = sum;
    }

    private void AddSmallDecimal(Int128 units)
    {
        var sum = unchecked(_decimal + units);
        if (((_decimal ^ sum) & (units ^ sum)) < 0) (_wide ??= new()).AddDecimal(units);
        else _decimal = sum;
    }

    private void Overflow(Int128 units)
    {
        _wide ??= new();
        _wide.AddUnits(_binary);
        _binary = units;
    }

    private static void Store(Int128 number, byte flag, Span<byte> target, ref byte flags, ref int used)
    {
        BinaryPrimitives.WriteInt128LittleEndian(target[used..], number);
        flags |= flag;
        used += 16;
    }

    private static Int128 ReadInt128(ref ReadOnlySpan<byte> source)
    {
        var number = BinaryPrimitives.ReadInt128LittleEndian(source);
        source = source[16..];
        return number;
    }

    private static UInt128[] Powers(uint of)
    {
        var powers = new UInt128[WideSum.DecimalDigits + 1];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * of;
        return powers;
    }
}
