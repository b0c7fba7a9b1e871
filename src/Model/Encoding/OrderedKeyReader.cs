// Walks ordered keys (drawn in OrderedKeyFormat.cs): how long is the first one, and which value is it. Keys come
// from files whose checksums were verified, so what does not parse is corruption, found by running off the end or
// by an unknown tag; nesting is bounded as it is for rows.

using System.Buffers.Binary;
using System.Text;

namespace IngoDB.Model;

/// <summary>The reading side of <see cref="OrderedKey"/>.</summary>
internal static class OrderedKeyReader
{
    public static int LengthAt(ReadOnlySpan<byte> source)
    {
        try
        {
            var placed = source[0] is OrderedKeyFormat.NullsFirst or OrderedKeyFormat.NullsLast ? 1 : 0;
            var mask = (source[placed] & OrderedKeyFormat.DescendingBit) == 0 ? (byte)0 : (byte)0xFF;
            var length = placed + LengthAt(source[placed..], mask, depth: 0);
            return length <= source.Length ? length : throw Broken(source);
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw Broken(source);
        }
    }

    public static Value Decode(ref ReadOnlySpan<byte> source)
    {
        var length = LengthAt(source);
        var key = source[..length];
        source = source[length..];
        if (key[0] is OrderedKeyFormat.NullsFirst or OrderedKeyFormat.NullsLast) key = key[1..];
        var position = 0;
        if ((key[0] & OrderedKeyFormat.DescendingBit) == 0) return Decode(key, ref position);
        var ascending = key.ToArray();
        for (var i = 0; i < ascending.Length; i++) ascending[i] = (byte)~ascending[i];
        return Decode(ascending, ref position);
    }

    private static int LengthAt(ReadOnlySpan<byte> source, byte mask, int depth)
    {
        if (depth > RowFormat.NestingMax) throw Broken(source);
        switch ((byte)(source[0] ^ mask))
        {
            case OrderedKeyFormat.MissingTag or OrderedKeyFormat.NullTag: return 1;
            case OrderedKeyFormat.BoolTag: return 2;
            case OrderedKeyFormat.UuidTag: return 17;
            case OrderedKeyFormat.TimestampTag: return 9;
            case OrderedKeyFormat.NumberTag: return 1 + OrderedNumber.LengthAfterTag(source[1..], mask);
            case OrderedKeyFormat.StringTag or OrderedKeyFormat.BytesTag: return EscapedEnd(source, 1, mask);
            case OrderedKeyFormat.ArrayTag or OrderedKeyFormat.DocumentTag: return NestedLength(source, mask, depth);
            default: throw Broken(source);
        }
    }

    private static int NestedLength(ReadOnlySpan<byte> source, byte mask, int depth)
    {
        var isDocument = (byte)(source[0] ^ mask) == OrderedKeyFormat.DocumentTag;
        var position = 1;
        while ((byte)(source[position] ^ mask) != OrderedKeyFormat.End)
        {
            if (isDocument) position = EscapedEnd(source, position + 1, mask);
            position += LengthAt(source[position..], mask, depth + 1);
        }

        return position + 1;
    }

    private static int EscapedEnd(ReadOnlySpan<byte> source, int position, byte mask)
    {
        var zero = mask;
        while (true)
        {
            var skip = source[position..].IndexOf(zero);
            if (skip < 0) throw Broken(source);
            position += skip + 2;
            if ((byte)(source[position - 1] ^ mask) == OrderedKeyFormat.EscapedEnd) return position;
        }
    }

    private static Value Decode(ReadOnlySpan<byte> key, ref int position)
    {
        switch (key[position++])
        {
            case OrderedKeyFormat.NullTag: return Value.Null;
            case OrderedKeyFormat.BoolTag: return Value.From(key[position++] != 0);
            case OrderedKeyFormat.NumberTag: return OrderedNumber.Decode(key, ref position);
            case OrderedKeyFormat.StringTag: return Value.From(Encoding.UTF8.GetString(Unescape(key, ref position)));
            case OrderedKeyFormat.BytesTag: return Value.From(Unescape(key, ref position));
            case OrderedKeyFormat.UuidTag: return Value.From(new Guid(key[position..(position += 16)], bigEndian: true));
            case OrderedKeyFormat.TimestampTag: return Value.FromTimestampTicks((long)(BinaryPrimitives.ReadUInt64BigEndian(key[position..(position += 8)]) ^ (1UL << 63)));
            case OrderedKeyFormat.ArrayTag: return DecodeArray(key, ref position);
            case OrderedKeyFormat.DocumentTag: return DecodeDocument(key, ref position);
            default: return Value.Missing;
        }
    }

    private static Value DecodeArray(ReadOnlySpan<byte> key, ref int position)
    {
        var elements = new List<Value>();
        while (key[position] != OrderedKeyFormat.End) elements.Add(Decode(key, ref position));
        position++;
        return Value.From([.. elements]);
    }

    private static Value DecodeDocument(ReadOnlySpan<byte> key, ref int position)
    {
        var fields = new DocumentBuilder();
        while (key[position] != OrderedKeyFormat.End)
        {
            position++;
            var name = Encoding.UTF8.GetString(Unescape(key, ref position));
            fields.Add(name, Decode(key, ref position));
        }

        position++;
        return Value.From(fields.Build());
    }

    private static byte[] Unescape(ReadOnlySpan<byte> key, ref int position)
    {
        var end = EscapedEnd(key, position, mask: 0);
        var bytes = new byte[end - 2 - position];
        var length = 0;
        for (; position < end - 2; position++)
        {
            bytes[length++] = key[position];
            if (key[position] == OrderedKeyFormat.Escape) position++;
        }

        position = end;
        return length == bytes.Length ? bytes : bytes[..length];
    }

    private static CorruptionException Broken(ReadOnlySpan<byte> source) => new("key", 0, $"not an ordered key (of {source.Length} bytes)");
}
