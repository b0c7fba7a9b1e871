// Untrusted bytes become a row here or not at all: after this every offset is in range, every tag is known, every
// payload has the width of its kind and every text is UTF-8, so that RowReader and EncodedValue look nothing up
// twice. Recursion is bounded by RowFormat.NestingMax; the work is linear in the bytes.
//
// What this does not do: insist on the shortest widths. A row with wider ends than it needs reads the same.

using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace IngoDB.Model;

/// <summary>Proves that bytes are a row.</summary>
internal static class RowValidator
{
    private const int DecimalScaleMax = 28;
    private const int DecimalFlagsMask = unchecked((int)0x80FF0000);

    public static void Validate(Shape shape, ReadOnlySpan<byte> row, int nestingMax = RowFormat.NestingMax)
    {
        Demand(row.Length <= RowFormat.DocumentBytesMax, row, row, "the row is larger than a document may be");
        if (shape.IsSelfDescribed) ValidateDocument(row, row, nestingMax - 1);
        else ValidateSequence(row, row, shape.Count, nestingMax - 1);
    }

    /// <summary>The payload of a value that stands alone, with its tag.</summary>
    public static void ValidateValue(byte tag, ReadOnlySpan<byte> payload) => ValidateValue(payload, tag, payload, RowFormat.NestingMax);

    private static void ValidateSequence(ReadOnlySpan<byte> row, ReadOnlySpan<byte> sequence, int count, int levelsLeft)
    {
        Demand(levelsLeft >= 0, row, sequence, "nested too deep");
        Demand(sequence.Length > 0 && sequence[0] is 1 or 2 or 4, row, sequence, "not the width of an end");
        Demand(1 + (count * (1L + sequence[0])) <= sequence.Length, row, sequence, "more values than bytes");
        var values = new EncodedSequence(sequence, count);
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            var end = values.EndOf(i);
            Demand(end >= start && end <= values.Payload.Length, row, sequence, "an end is out of order");
            ValidateValue(row, values.TagOf(i), values.Payload[start..end], levelsLeft);
            start = end;
        }

        Demand(start == values.Payload.Length, row, sequence, "bytes after the last value");
    }

    private static void ValidateValue(ReadOnlySpan<byte> row, byte tag, ReadOnlySpan<byte> payload, int levelsLeft)
    {
        const byte trueTag = (byte)ValueKind.Bool | RowFormat.TrueBit;
        var fits = tag switch
        {
            (byte)ValueKind.Null or (byte)ValueKind.Bool or trueTag => payload.IsEmpty,
            (byte)ValueKind.Int64 or (byte)ValueKind.UInt64 => payload.Length is 0 or 1 or 2 or 4 or 8,
            (byte)ValueKind.Double => payload.Length == 8,
            (byte)ValueKind.Timestamp => payload.Length == 8 && BinaryPrimitives.ReadInt64LittleEndian(payload) is >= 0 and var ticks && ticks <= DateTime.MaxValue.Ticks,
            (byte)ValueKind.Decimal => payload.Length == 16 && IsDecimalFlags(BinaryPrimitives.ReadInt32LittleEndian(payload[12..])),
            (byte)ValueKind.Uuid => payload.Length == 16,
            (byte)ValueKind.String => Utf8.IsValid(payload),
            (byte)ValueKind.Bytes => true,
            (byte)ValueKind.Array or (byte)ValueKind.Document => true,
            _ => false,
        };
        Demand(fits, row, payload, "a tag is unknown or its payload is not of its kind");
        if (tag == (byte)ValueKind.Array) ValidateArray(row, payload, levelsLeft - 1);
        else if (tag == (byte)ValueKind.Document) ValidateDocument(row, payload, levelsLeft - 1);
    }

    private static void ValidateArray(ReadOnlySpan<byte> row, ReadOnlySpan<byte> payload, int levelsLeft)
    {
        var position = 0;
        Demand(Varint.TryRead(payload, ref position, out var count), row, payload, "not a count of elements");
        ValidateSequence(row, payload[position..], count, levelsLeft);
    }

    private static void ValidateDocument(ReadOnlySpan<byte> row, ReadOnlySpan<byte> payload, int levelsLeft)
    {
        var position = 0;
        Demand(Varint.TryRead(payload, ref position, out var count) && count <= RowFormat.FieldsMax, row, payload, "not a count of fields");
        Demand(count <= payload.Length - position, row, payload, "more names than bytes");
        var names = new HashSet<string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            Demand(Varint.TryRead(payload, ref position, out var length) && length <= RowFormat.FieldNameBytesMax && length <= payload.Length - position, row, payload, "not the length of a name");
            var name = payload.Slice(position, length);
            Demand(Utf8.IsValid(name) && names.Add(Encoding.UTF8.GetString(name)), row, payload, "a name is not UTF-8 or stands twice");
            position += length;
        }

        ValidateSequence(row, payload[position..], count, levelsLeft);
    }

    private static bool IsDecimalFlags(int flags) => (flags & ~DecimalFlagsMask) == 0 && ((flags >> 16) & 0xFF) <= DecimalScaleMax;

    private static void Demand(bool condition, ReadOnlySpan<byte> row, ReadOnlySpan<byte> part, string detail)
    {
        if (!condition) throw new CorruptionException("row", row.Overlaps(part, out var offset) ? offset : 0, $"{detail} (of {row.Length} bytes)");
    }
}
