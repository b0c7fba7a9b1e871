// Numbers at equal distances need no dictionary: the n-th is first + n × step, and its key is computed. Integers and
// timestamps are taken as they are; a double as the integer it is once moved by a power of ten (19.99 = 1999 ÷ 10^2),
// provided that dividing gives back exactly the same double (the insight of ALP). Below 2^50 two different integers divided by
// the same power are two different doubles in the same order, since a division is rounded correctly.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Computed keys of a frame of reference, missing and null below them. Immutable.</summary>
internal sealed class NumberKeys : CodeKeys
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _writer;

    private readonly byte _lowest;
    private readonly uint _lowestCount;

    /// <param name="lowest">Which of missing and null have codes below the numbers' (<see cref="ColumnFormat.MissingBit"/>, <see cref="ColumnFormat.NullBit"/>).</param>
    public NumberKeys(NumberKind kind, int scale, byte lowest, long first, ulong step, uint count)
    {
        _lowest = lowest;
        _lowestCount = LowestCount(lowest);
        Invariant.Holds(count > _lowestCount);
        (Kind, Scale, First, Step, Count) = (kind, scale, first, step, count);
    }

    public NumberKind Kind { get; }

    public int Scale { get; }

    public long First { get; }

    public ulong Step { get; }

    public byte Lowest => _lowest;

    public override uint Count { get; }

    public override long Bytes => ColumnFormat.NumberKeysBytes;

    /// <summary>How many codes stand before those of the numbers.</summary>
    public static uint LowestCount(byte lowest) => (uint)((lowest & 1) + ((lowest >> 1) & 1));

    /// <summary>The code of a number that is one of them.</summary>
    public uint CodeOf(long number) => _lowestCount + (uint)(((ulong)number - (ulong)First) / Step);

    /// <summary>The code of missing (or else of null), when it has one.</summary>
    public uint CodeOf(ValueKind lowest) => lowest == ValueKind.Missing ? 0 : _lowestCount - 1;

    public override int Write(uint code, Span<byte> target)
    {
        if (code < _lowestCount) return Write(new EncodedValue((byte)(code == 0 && (_lowest & ColumnFormat.MissingBit) != 0 ? ValueKind.Missing : ValueKind.Null), default), target);
        var number = unchecked(First + (long)((code - _lowestCount) * Step));
        Span<byte> payload = stackalloc byte[8];
        if (Kind == NumberKind.Decimals) BinaryPrimitives.WriteDoubleLittleEndian(payload, DecimalNumbers.Divide(number, Scale));
        else BinaryPrimitives.WriteInt64LittleEndian(payload, number);
        return Write(new EncodedValue((byte)TagOf(Kind), payload), target);
    }

    private static ValueKind TagOf(NumberKind kind) => kind switch
    {
        NumberKind.Integers => ValueKind.Int64,
        NumberKind.Decimals => ValueKind.Double,
        _ => ValueKind.Timestamp,
    };

    private static int Write(EncodedValue value, Span<byte> target)
    {
        var writer = _writer ??= new(64);
        writer.ResetWrittenCount();
        OrderedKey.Append(value, writer);
        writer.WrittenSpan.CopyTo(target);
        return writer.WrittenCount;
    }
}
