// Encodes documents as rows (the bytes are drawn in RowFormat.cs), in one pass over the document and without an
// allocation per field: everything goes into the thread's scratch, nested sequences in place, and the finished row
// is copied out once. Limits are checked where they would be exceeded, so a document of any depth is refused after
// RowFormat.NestingMax steps down.

using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace IngoDB.Model;

/// <summary>Encodes documents as rows. Stateless; any thread.</summary>
public static class RowWriter
{
    /// <summary>Above this a string is counted first; below it three bytes a character are reserved without looking.</summary>
    private const int UncountedCharsMax = 1024;

    /// <summary>Appends the row of <paramref name="document"/> (fields in its own order, which is its <see cref="Shape"/>).</summary>
    /// <exception cref="InvalidRequestException">Nesting, field count, name length, size over the limits of <see cref="RowFormat"/>, or a string that is not valid Unicode.</exception>
    public static void Write(Document document, IBufferWriter<byte> target)
    {
        var scratch = RowScratch.Borrow();
        CheckNotReserved(document);
        CheckNames(document);
        WriteFields(scratch, document, RowFormat.NestingMax - 1);
        CopyOut(scratch, target);
    }

    /// <summary>Appends a self-described row.</summary>
    public static void WriteSelfDescribed(Document document, IBufferWriter<byte> target)
    {
        CheckNotReserved(document);
        WriteSelfDescribed(document, target, RowFormat.NestingMax);
    }

    /// <summary>The same for trees that are not stored (a query), which may nest deeper.</summary>
    internal static void WriteSelfDescribed(Document document, IBufferWriter<byte> target, int nestingMax)
    {
        var scratch = RowScratch.Borrow();
        WriteNamed(scratch, document, nestingMax - 1);
        CopyOut(scratch, target);
    }

    /// <summary>Proves that untrusted bytes are a well-formed row of the shape, so that readers need no checks.</summary>
    /// <exception cref="CorruptionException">They are not.</exception>
    public static void Validate(Shape shape, ReadOnlySpan<byte> row) => RowValidator.Validate(shape, row);

    /// <summary>The tag and payload of one value, as they would stand in a row.</summary>
    internal static (byte Tag, byte[] Payload) Encode(in Value value)
    {
        if (value.IsMissing) return (0, []);
        var scratch = RowScratch.Borrow();
        var tag = WriteValue(scratch, value, RowFormat.NestingMax);
        var payload = scratch.Written.ToArray();
        scratch.GiveBack();
        return (tag, payload);
    }

    /// <summary>Refuses what could not be written; writes nothing.</summary>
    internal static void Check(in Value value) => Encode(value);

    /// <returns>The bytes that it would take, with its names.</returns>
    internal static int Check(Document document)
    {
        CheckNotReserved(document);
        var scratch = RowScratch.Borrow();
        WriteNamed(scratch, document, RowFormat.NestingMax - 1);
        var bytes = scratch.Length;
        CopyOut(scratch, target: null);
        return bytes;
    }

    internal static InvalidRequestException TooLarge()
        => new("document.too_large", $"A document has at most {RowFormat.DocumentBytesMax} bytes.", suggestion: "Split it, or keep large parts elsewhere");

    private static void CopyOut(RowScratch scratch, IBufferWriter<byte>? target)
    {
        if (scratch.Length > RowFormat.DocumentBytesMax) throw TooLarge();
        target?.Write(scratch.Written);
        scratch.GiveBack();
    }

    private static void WriteFields(RowScratch scratch, Document document, int levelsLeft)
    {
        CheckDepth(levelsLeft);
        var fields = document.Fields;
        var frame = scratch.BeginSequence(fields.Length);
        for (var i = 0; i < fields.Length; i++)
            scratch.EndValue(ref frame, i, WriteValue(scratch, fields[i].Value, levelsLeft));
    }

    private static void WriteArray(RowScratch scratch, ReadOnlySpan<Value> elements, int levelsLeft)
    {
        CheckDepth(levelsLeft);
        if (elements.Length > RowFormat.DocumentBytesMax) throw TooLarge();
        scratch.WriteVarint(elements.Length);
        var frame = scratch.BeginSequence(elements.Length);
        for (var i = 0; i < elements.Length; i++)
            scratch.EndValue(ref frame, i, WriteValue(scratch, elements[i], levelsLeft));
    }

    private static void WriteNamed(RowScratch scratch, Document document, int levelsLeft)
    {
        CheckNames(document);
        scratch.WriteVarint(document.Count);
        foreach (var (name, _) in document.Fields)
        {
            var length = Encoding.UTF8.GetByteCount(name);
            scratch.WriteVarint(length);
            scratch.Advance(Encoding.UTF8.GetBytes(name, scratch.Reserve(length)));
        }

        WriteFields(scratch, document, levelsLeft);
    }

    internal static byte WriteValue(RowScratch scratch, in Value value, int levelsLeft)
    {
        switch (value.Kind)
        {
            case ValueKind.Null: break;
            case ValueKind.Bool: return (byte)(value.AsBool() ? (byte)ValueKind.Bool | RowFormat.TrueBit : (byte)ValueKind.Bool);
            case ValueKind.Int64: WriteInt64(scratch, value.AsInt64()); break;
            case ValueKind.UInt64: WriteUInt64(scratch, value.AsUInt64()); break;
            case ValueKind.Double: WriteFixed64(scratch, BitConverter.DoubleToInt64Bits(value.AsDouble())); break;
            case ValueKind.Timestamp: WriteFixed64(scratch, value.AsTimestampTicks()); break;
            case ValueKind.Decimal: WriteDecimal(scratch, value.AsDecimal()); break;
            case ValueKind.String: WriteString(scratch, value.AsString()); break;
            case ValueKind.Bytes: WriteBytes(scratch, value.AsBytes().Span); break;
            case ValueKind.Uuid: WriteUuid(scratch, value.AsUuid()); break;
            case ValueKind.Array: WriteArray(scratch, value.AsArray().Span, levelsLeft - 1); break;
            case ValueKind.Document: WriteNamed(scratch, value.AsDocument(), levelsLeft - 1); break;
            default: throw new InvalidRequestException("document.missing_value", "An array holds an element without a value; leave it out, or set it to null.", suggestion: "Value.Null");
        }

        return (byte)value.Kind;
    }

    internal static void WriteInt64(RowScratch scratch, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(scratch.Reserve(8), value);
        scratch.Advance(value switch
        {
            0 => 0,
            >= sbyte.MinValue and <= sbyte.MaxValue => 1,
            >= short.MinValue and <= short.MaxValue => 2,
            >= int.MinValue and <= int.MaxValue => 4,
            _ => 8,
        });
    }

    internal static void WriteUInt64(RowScratch scratch, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(scratch.Reserve(8), value);
        scratch.Advance(value switch { 0 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 });
    }

    internal static void WriteFixed64(RowScratch scratch, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(scratch.Reserve(8), value);
        scratch.Advance(8);
    }

    internal static void WriteDecimal(RowScratch scratch, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var target = scratch.Reserve(16);
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(target[(i * 4)..], parts[i]);
        scratch.Advance(16);
    }

    internal static void WriteUuid(RowScratch scratch, Guid value)
    {
        value.TryWriteBytes(scratch.Reserve(16), bigEndian: true, out _);
        scratch.Advance(16);
    }

    internal static void WriteBytes(RowScratch scratch, ReadOnlySpan<byte> value)
    {
        value.CopyTo(scratch.Reserve(value.Length));
        scratch.Advance(value.Length);
    }

    internal static void WriteString(RowScratch scratch, ReadOnlySpan<char> value)
    {
        var bytesMax = value.Length <= UncountedCharsMax ? value.Length * 3 : Encoding.UTF8.GetByteCount(value);
        var status = Utf8.FromUtf16(value, scratch.Reserve(bytesMax), out _, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done) throw UnicodeText.BadUnicode("A string");
        scratch.Advance(written);
    }

    private static void CheckDepth(int levelsLeft)
    {
        if (levelsLeft < 0)
            throw new InvalidRequestException("document.too_deep", $"Arrays and documents nest at most {RowFormat.NestingMax} deep, the document itself included.", suggestion: "Flatten it");
    }

    private static void CheckNotReserved(Document document)
    {
        foreach (var (name, _) in document.Fields)
            if (ReservedFields.Contains(name)) throw ReservedFields.Refused(name, "/" + name);
    }

    private static void CheckNames(Document document)
    {
        CheckFieldCount(document.Count);
        foreach (var (name, _) in document.Fields) CheckName(name);
    }

    internal static void CheckFieldCount(int count)
    {
        if (count > RowFormat.FieldsMax)
            throw new InvalidRequestException("document.too_many_fields", $"A document has at most {RowFormat.FieldsMax} fields; this one has {count}.", suggestion: "Use an array");
    }

    internal static void CheckName(string name)
    {
        // A third of the limit in characters is always within it in bytes; most names need no counting.
        if (name.Length <= RowFormat.FieldNameBytesMax / 3 && !name.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return;
        if (!UnicodeText.TryCountUtf8(name, out var bytes)) throw UnicodeText.BadUnicode("A field name");
        if (bytes > RowFormat.FieldNameBytesMax)
            throw new InvalidRequestException("document.name_too_long", $"A field name has at most {RowFormat.FieldNameBytesMax} UTF-8 bytes; '{name[..32]}...' has {bytes}.");
    }
}
