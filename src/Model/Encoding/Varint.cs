// Counts and lengths are nearly always below 128: seven bits a byte. There are two ways to read one, for bytes that
// were verified before and for bytes from outside, because only the latter can end in the middle.

using System.Buffers;

namespace IngoDB.Model;

/// <summary>Unsigned LEB128: seven bits a byte, low first, the high bit says that another follows. At most five bytes here (32 bits).</summary>
public static class Varint
{
    public const int BytesMax = 5;

    /// <summary>How many bytes a value takes.</summary>
    public static int SizeOf(int value) => (38 - System.Numerics.BitOperations.LeadingZeroCount((uint)value | 1)) / 7;

    public static int Write(Span<byte> target, uint value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7) target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    public static void Write(IBufferWriter<byte> target, int value) => target.Advance(Write(target.GetSpan(BytesMax), (uint)value));

    /// <summary>Reads from trusted bytes and advances <paramref name="position"/>.</summary>
    public static int Read(ReadOnlySpan<byte> source, ref int position)
    {
        uint value = source[position++];
        if (value < 0x80) return (int)value;
        value &= 0x7F;
        for (var shift = 7; ; shift += 7)
        {
            uint next = source[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return (int)value;
        }
    }

    /// <summary>Reads from untrusted bytes; false when they end early, are not the shortest form, or exceed 31 bits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        ulong read = 0;
        value = 0;
        for (var shift = 0; shift < 7 * BytesMax; shift += 7)
        {
            if ((uint)position >= (uint)source.Length) return false;
            var next = source[position++];
            read |= (ulong)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            if ((next == 0 && shift > 0) || read > int.MaxValue) return false;
            value = (int)read;
            return true;
        }

        return false;
    }
}
