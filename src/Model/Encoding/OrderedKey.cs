// Writes ordered keys (the bytes are drawn in OrderedKeyFormat.cs). From a row's bytes nothing is decoded but
// decimals and nested documents, whose fields must be sorted first.

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace IngoDB.Model;

/// <summary>Order-preserving key bytes of values (index keys, sort keys).</summary>
public static class OrderedKey
{
    /// <summary>By how much the key of a value that <see cref="TryWrite"/> writes is at most longer than the value.</summary>
    public const int FixedBytesMax = 16;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _ascending;

    /// <summary>Appends the key of a value; keys of equal values are equal bytes, no key is a prefix of another's.</summary>
    /// <exception cref="InvalidRequestException"><c>document.bad_unicode</c>: a string with half a surrogate pair has no key.</exception>
    public static void Append(in Value value, IBufferWriter<byte> target)
    {
        var (tag, payload) = RowWriter.Encode(value);
        Append(new EncodedValue(tag, payload), target);
    }

    /// <summary>The same from a row's bytes, without decoding (decimals excepted).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Append(EncodedValue value, IBufferWriter<byte> target)
    {
        switch (value.Kind)
        {
            case ValueKind.Null: WriteByte(target, OrderedKeyFormat.NullTag); break;
            case ValueKind.Bool: WritePair(target, OrderedKeyFormat.BoolTag, (value.Tag & RowFormat.TrueBit) == 0 ? (byte)0 : (byte)1); break;
            case >= ValueKind.Int64 and <= ValueKind.Decimal: OrderedNumber.Append(value.DecodeNumber(), target); break;
            case ValueKind.String: WriteEscaped(target, OrderedKeyFormat.StringTag, value.Payload); break;
            case ValueKind.Bytes: WriteEscaped(target, OrderedKeyFormat.BytesTag, value.Payload); break;
            case ValueKind.Uuid: WriteUuid(target, value.Payload); break;
            case ValueKind.Timestamp: WriteTimestamp(target, BinaryPrimitives.ReadInt64LittleEndian(value.Payload)); break;
            case ValueKind.Array: WriteArray(target, EncodedSequence.OfArray(value.Payload)); break;
            case ValueKind.Document: WriteDocument(target, value.Decode().AsDocument()); break;
            default: WriteByte(target, OrderedKeyFormat.MissingTag); break;
        }
    }

    /// <summary>Bytes that <see cref="TryWrite"/> needs.</summary>
    public static int RoomFor(EncodedValue value) => value.Payload.Length + FixedBytesMax;

    /// <summary>The same for the values that most fields have, in one piece: for who writes millions of keys.</summary>
    /// <param name="value">Of a row.</param>
    /// <param name="target">At least <see cref="RoomFor"/>.</param>
    /// <param name="bytes">Length of the key.</param>
    /// <returns>False, and nothing that counts was written: <see cref="Append(EncodedValue, IBufferWriter{byte})"/> knows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryWrite(EncodedValue value, Span<byte> target, out int bytes)
    {
        var payload = value.Payload;
        bytes = 0;
        switch (value.Kind)
        {
            case ValueKind.Missing:
                target[0] = OrderedKeyFormat.MissingTag;
                bytes = 1;
                return true;
            case ValueKind.Null:
                target[0] = OrderedKeyFormat.NullTag;
                bytes = 1;
                return true;
            case ValueKind.Bool:
                (target[0], target[1]) = (OrderedKeyFormat.BoolTag, (value.Tag & RowFormat.TrueBit) == 0 ? (byte)0 : (byte)1);
                bytes = 2;
                return true;
            case ValueKind.Int64: return OrderedNumber.TryWrite(value.DecodeInt64(), target, out bytes);
            case ValueKind.Double:
                bytes = OrderedNumber.Write(BinaryPrimitives.ReadDoubleLittleEndian(payload), target);
                return true;
            case ValueKind.String:
                if (payload.Contains((byte)0)) return false;
                target[0] = OrderedKeyFormat.StringTag;
                payload.CopyTo(target[1..]);
                (target[payload.Length + 1], target[payload.Length + 2]) = (OrderedKeyFormat.Escape, OrderedKeyFormat.EscapedEnd);
                bytes = payload.Length + 3;
                return true;
            default: return false;
        }
    }

    /// <summary>Bitwise complement of the key: its memcmp order is the reverse.</summary>
    public static void AppendDescending(EncodedValue value, IBufferWriter<byte> target)
    {
        var ascending = _ascending ?? new ArrayBufferWriter<byte>(64);
        _ascending = null;
        Append(value, ascending);
        var key = ascending.WrittenSpan;
        var complement = target.GetSpan(key.Length);
        for (var i = 0; i < key.Length; i++) complement[i] = (byte)~key[i];
        target.Advance(key.Length);
        ascending.ResetWrittenCount();
        _ascending = ascending;
    }

    /// <summary>The key of one sort key of a scan: its direction, and where it wants null and missing.</summary>
    public static void AppendSort(EncodedValue value, SortKey key, IBufferWriter<byte> target)
    {
        if (key.Nulls is { } nulls && value.Kind is ValueKind.Missing or ValueKind.Null)
            WriteByte(target, nulls == NullsOrder.First ? OrderedKeyFormat.NullsFirst : OrderedKeyFormat.NullsLast);
        if (key.Descending) AppendDescending(value, target);
        else Append(value, target);
    }

    /// <summary>Length of the key (of either direction) that stands at the head of <paramref name="source"/>.</summary>
    /// <exception cref="CorruptionException">Not a key.</exception>
    public static int LengthAt(ReadOnlySpan<byte> source) => OrderedKeyReader.LengthAt(source);

    /// <summary>The value of a key of either direction (numbers come back in the narrowest exact type; equal, though maybe of another numeric type).</summary>
    /// <exception cref="CorruptionException">Not a key.</exception>
    public static Value Decode(ref ReadOnlySpan<byte> source) => OrderedKeyReader.Decode(ref source);

    /// <summary>The value of an ascending key as a row holds it, where it can be had without work: a string without zero bytes, a bool, null, missing.</summary>
    /// <returns>False: decode it, or look at the row, which also knows the type of a number.</returns>
    public static bool TryRead(ReadOnlySpan<byte> key, out EncodedValue value)
    {
        switch (key[0])
        {
            case OrderedKeyFormat.MissingTag: value = EncodedValue.Missing; return true;
            case OrderedKeyFormat.NullTag: value = new((byte)ValueKind.Null, []); return true;
            case OrderedKeyFormat.BoolTag: value = new((byte)(key[1] == 0 ? (byte)ValueKind.Bool : (byte)ValueKind.Bool | RowFormat.TrueBit), []); return true;
            case OrderedKeyFormat.StringTag:
                value = new((byte)ValueKind.String, key[1..^2]);
                return !value.Payload.Contains(OrderedKeyFormat.Escape);
            default: value = EncodedValue.Missing; return false;
        }
    }

    private static void WriteByte(IBufferWriter<byte> target, byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }

    private static void WritePair(IBufferWriter<byte> target, byte first, byte second)
    {
        var bytes = target.GetSpan(2);
        bytes[0] = first;
        bytes[1] = second;
        target.Advance(2);
    }

    private static void WriteUuid(IBufferWriter<byte> target, ReadOnlySpan<byte> uuid)
    {
        var bytes = target.GetSpan(17);
        bytes[0] = OrderedKeyFormat.UuidTag;
        uuid.CopyTo(bytes[1..]);
        target.Advance(17);
    }

    private static void WriteTimestamp(IBufferWriter<byte> target, long ticks)
    {
        var bytes = target.GetSpan(9);
        bytes[0] = OrderedKeyFormat.TimestampTag;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], (ulong)ticks ^ (1UL << 63));
        target.Advance(9);
    }

    // Compiled well at once, as is all that an index build does for each row (KeySorter).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteEscaped(IBufferWriter<byte> target, byte tag, ReadOnlySpan<byte> payload)
    {
        if (!payload.Contains((byte)0))
        {
            // Nearly always. One piece: each call of a writer costs as much as copying a short string.
            var bytes = target.GetSpan(payload.Length + 3)[..(payload.Length + 3)];
            bytes[0] = tag;
            payload.CopyTo(bytes[1..]);
            (bytes[^2], bytes[^1]) = (OrderedKeyFormat.Escape, OrderedKeyFormat.EscapedEnd);
            target.Advance(bytes.Length);
            return;
        }

        WriteByte(target, tag);
        while (payload.IndexOf((byte)0) is >= 0 and var zero)
        {
            target.Write(payload[..zero]);
            WritePair(target, OrderedKeyFormat.Escape, OrderedKeyFormat.EscapedZero);
            payload = payload[(zero + 1)..];
        }

        target.Write(payload);
        WritePair(target, OrderedKeyFormat.Escape, OrderedKeyFormat.EscapedEnd);
    }

    private static void WriteArray(IBufferWriter<byte> target, EncodedSequence elements)
    {
        WriteByte(target, OrderedKeyFormat.ArrayTag);
        for (var i = 0; i < elements.Count; i++) Append(elements[i], target);
        WriteByte(target, OrderedKeyFormat.End);
    }

    private static void WriteDocument(IBufferWriter<byte> target, Document document)
    {
        WriteByte(target, OrderedKeyFormat.DocumentTag);
        foreach (var (name, value) in ValueOrder.InNameOrder(document))
        {
            WriteEscaped(target, OrderedKeyFormat.FieldMark, Encoding.UTF8.GetBytes(name));
            Append(value, target);
        }

        WriteByte(target, OrderedKeyFormat.End);
    }
}
