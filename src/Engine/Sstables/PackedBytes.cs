// The two ends of a packed payload: what writes its numbers and bits one after the other, and what takes them out again and puts
// them where the unfolded arrays are.

using System.Buffers.Binary;
using System.Numerics;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Appends to a buffer that is large enough.</summary>
internal ref struct PackedWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;
    private ulong _bits;
    private int _bitCount;

    public int Length { get; private set; }

    public static int BitsOf(ulong value) => 64 - BitOperations.LeadingZeroCount(value);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_target[Length..]);
        Length += bytes.Length;
    }

    public void WriteByte(byte value) => _target[Length++] = value;

    public void WriteNumber(ulong value, int bytes)
    {
        for (var i = 0; i < bytes; i++, value >>= 8) WriteByte((byte)value);
    }

    /// <summary>At most 56 bits, the lowest first.</summary>
    public void WriteBits(ulong value, int bits)
    {
        _bits |= value << _bitCount;
        for (_bitCount += bits; _bitCount >= 8; _bitCount -= 8, _bits >>= 8) WriteByte((byte)_bits);
    }

    public void EndBits()
    {
        if (_bitCount > 0) WriteByte((byte)_bits);
        (_bits, _bitCount) = (0, 0);
    }
}

/// <summary>Takes parts of a buffer, one after the other.</summary>
/// <param name="padding">Bytes at its end that are there only so that whole words can be read.</param>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes, int padding, string file, long offset)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Taken { get; private set; }

    public static Span<byte> Copied(Span<byte> target, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target);
        return target[bytes.Length..];
    }

    // Whole words while there is room before the rows: what is written too much, the next number or array overwrites.
    public static void WriteNumber(Span<byte> target, ulong value, int bytes)
    {
        if (target.Length >= sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target, value);
            return;
        }

        for (var i = 0; i < bytes; i++, value >>= 8) target[i] = (byte)value;
    }

    public ReadOnlySpan<byte> Take(int count) => TakeAndMore(count)[..count];

    /// <summary>The same, with all that follows, for who reads whole words.</summary>
    public ReadOnlySpan<byte> TakeAndMore(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - padding - Taken)) throw Damaged();
        var taken = _bytes[Taken..];
        Taken += count;
        return taken;
    }

    public readonly CorruptionException Damaged() => new(file, offset, "the packed arrays of this block do not unfold");
}
