// A line becomes a document, or a reject with the reason; there is no third way. The interesting part is the id of a
// line that brings none: it is made from the import's session and the line's number, so that the same line has the same
// id when an interrupted import reads it again.

using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Cli.Importing;

/// <summary>A line as a document with its id, or as a reject.</summary>
internal sealed class LineParser(string? idField, Guid session)
{
    private const int RejectedTextMax = 64 * 1024;

    public bool TryParse(in ImportLine line, out DocumentId id, out Document document, out Reject? reject)
    {
        try
        {
            (var given, document) = DocumentJson.ReadWithId(line.Bytes.Span);
            id = idField is null ? given ?? IdOfLine(line.Number) : IdFrom(document[idField]);
            reject = null;
            return true;
        }
        catch (InvalidRequestException error)
        {
            (id, document) = (default, Document.Empty);
            reject = ToReject(line, error.Code, error.Message);
            return false;
        }
    }

    public static Reject ToReject(in ImportLine line, string code, string message)
        => new(line.Number, code, message, Encoding.UTF8.GetString(line.Bytes.Span[..Math.Min(line.Bytes.Length, RejectedTextMax)]));

    /// <summary>A number is a fine key in a file, but an <c>_id</c> is a string or a uuid: its digits are taken.</summary>
    private DocumentId IdFrom(in Value value) => value.Kind switch
    {
        ValueKind.Missing => throw new InvalidRequestException("document.no_id", $"The line has no field '{idField}'."),
        ValueKind.Int64 => new DocumentId(value.AsInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ValueKind.UInt64 => new DocumentId(value.AsUInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)),
        _ => DocumentId.FromValue(value),
    };

    /// <summary>A UUIDv7 that ascends with the lines and is the same when the line is read again: session's time, line number, hash of both.</summary>
    private DocumentId IdOfLine(long number)
    {
        Span<byte> seed = stackalloc byte[24];
        session.TryWriteBytes(seed, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(seed[16..], number);
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = (BinaryPrimitives.ReadUInt64BigEndian(seed) >> 16) + ((ulong)number >> 12);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (milliseconds << 16) | 0x7000UL | ((ulong)number & 0x0FFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (XxHash64.HashToUInt64(seed) >> 2) | (1UL << 63));
        return new DocumentId(new Guid(bytes, bigEndian: true));
    }
}
