namespace IngoDB.Engine.Entries;

/// <summary>LEB128 of 32-bit numbers: seven bits a byte, low ones first, at most five bytes.</summary>
internal static class Varint
{
    public static int Write(Span<byte> target, uint value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out uint value, out int length)
    {
        (value, length) = (0, 0);
        for (var shift = 0; shift < 35 && length < source.Length; shift += 7)
        {
            var next = source[length++];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80) return shift < 28 || next <= 0x0F;
        }

        return false;
    }
}
