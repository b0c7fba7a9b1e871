// The row of a document, written value by value by somebody who knows its fields, so that no Document is made to be taken
// apart again. The shape is checked once, when it is met first; after that a value costs its bytes.
//
//   Begin(shape) ──► Write, Write, ... one value for each name of the shape, in its order ──► Row
//
// The bytes are those of RowWriter for the same fields, kind by kind, since both write through RowScratch; a test holds one
// to the other. Arrays and nested documents are given as a Value.
//
// A class that is kept and not a ref struct over the caller's span: rows grow beyond what a caller can know, and a kept
// buffer costs nothing from the second row on. One row at a time, one thread at a time.

using System.Text.Unicode;

namespace IngoDB.Model;

/// <summary>Writes rows of known shapes without allocating. Kept by its user; one thread at a time.</summary>
public sealed class DocWriter
{
    private readonly RowScratch _scratch = new();
    private Shape? _shape;
    private SequenceFrame _frame;
    private int _next;

    /// <summary>The row that was written; valid until the next <see cref="Begin"/>.</summary>
    /// <exception cref="InvalidOperationException">A field has no value yet.</exception>
    /// <exception cref="InvalidRequestException"><c>document.too_large</c>.</exception>
    public ReadOnlySpan<byte> Row
    {
        get
        {
            if (_shape is null || _next != _shape.Count) throw Incomplete();
            if (_scratch.Length > RowFormat.DocumentBytesMax) throw RowWriter.TooLarge();
            return _scratch.Written;
        }
    }

    /// <summary>The shape of the row under construction.</summary>
    public Shape Shape => _shape ?? throw Incomplete();

    /// <summary>Starts a row; whatever was written before is given up.</summary>
    /// <exception cref="InvalidRequestException">A name is reserved, too long, stands twice, or there are too many.</exception>
    public DocWriter Begin(Shape shape)
    {
        if (!ReferenceEquals(shape, _shape))
        {
            _shape = null;
            Check(shape);
            _shape = shape;
        }

        _scratch.Restart();
        _frame = _scratch.BeginSequence(shape.Count);
        _next = 0;
        return this;
    }

    public DocWriter WriteNull() => End(ValueKind.Null);

    public DocWriter Write(bool value) => End(value ? (byte)ValueKind.Bool | RowFormat.TrueBit : (byte)ValueKind.Bool);

    public DocWriter Write(long value)
    {
        RowWriter.WriteInt64(_scratch, value);
        return End(ValueKind.Int64);
    }

    public DocWriter Write(ulong value)
    {
        RowWriter.WriteUInt64(_scratch, value);
        return End(ValueKind.UInt64);
    }

    public DocWriter Write(double value)
    {
        RowWriter.WriteFixed64(_scratch, BitConverter.DoubleToInt64Bits(value));
        return End(ValueKind.Double);
    }

    public DocWriter Write(decimal value)
    {
        RowWriter.WriteDecimal(_scratch, value);
        return End(ValueKind.Decimal);
    }

    public DocWriter Write(Guid value)
    {
        RowWriter.WriteUuid(_scratch, value);
        return End(ValueKind.Uuid);
    }

    public DocWriter Write(DateTimeOffset value)
    {
        RowWriter.WriteFixed64(_scratch, value.UtcTicks);
        return End(ValueKind.Timestamp);
    }

    /// <summary>A text that is UTF-8 already.</summary>
    /// <exception cref="InvalidRequestException"><c>document.bad_unicode</c>: it is not.</exception>
    public DocWriter Write(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw UnicodeText.BadUnicode("A string");
        RowWriter.WriteBytes(_scratch, utf8);
        return End(ValueKind.String);
    }

    public DocWriter Write(ReadOnlySpan<char> text)
    {
        RowWriter.WriteString(_scratch, text);
        return End(ValueKind.String);
    }

    public DocWriter Write(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Write(text.AsSpan());
    }

    /// <summary>Binary; a text is <see cref="Write(ReadOnlySpan{byte})"/>.</summary>
    public DocWriter WriteBytes(ReadOnlySpan<byte> value)
    {
        RowWriter.WriteBytes(_scratch, value);
        return End(ValueKind.Bytes);
    }

    /// <summary>Any value, nested ones too.</summary>
    /// <exception cref="InvalidRequestException">Missing, too deep, or not valid Unicode.</exception>
    public DocWriter Write(in Value value)
    {
        try
        {
            return End(RowWriter.WriteValue(_scratch, value, RowFormat.NestingMax - 1));
        }
        catch
        {
            // Part of the value may be written; the row is given up.
            _shape = null;
            throw;
        }
    }

    private DocWriter End(ValueKind kind) => End((byte)kind);

    private DocWriter End(int tag)
    {
        if (_shape is null || _next >= _shape.Count) throw TooMany();
        _scratch.EndValue(ref _frame, _next++, (byte)tag);
        return this;
    }

    private InvalidOperationException TooMany()
    {
        _shape = null;
        return new("The shape has no further field; the row is given up, Begin starts the next.");
    }

    private static void Check(Shape shape)
    {
        if (shape.IsSelfDescribed) throw new ArgumentException("Rows of this shape carry their own names; RowWriter writes them.", nameof(shape));
        RowWriter.CheckFieldCount(shape.Count);
        var names = new HashSet<string>(shape.Count, StringComparer.Ordinal);
        foreach (var name in shape.Names)
        {
            if (ReservedFields.Contains(name)) throw ReservedFields.Refused(name, "/" + name);
            RowWriter.CheckName(name);
            if (!names.Add(name)) throw new InvalidRequestException("document.duplicate_field", $"The field '{name}' stands twice.", "/" + name, suggestion: "Keep one of them, or make it an array");
        }
    }

    private static InvalidOperationException Incomplete() => new("The row is not complete: Begin, then one value for each name of the shape.");
}
