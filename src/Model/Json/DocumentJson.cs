// STUB of the contract.
using System.Text.Json;

namespace IngoDB.Model;

/// <summary>Documents as JSON: plain values, integers that fit become Int64, the escapes $uuid $date $bytes $i64 $u64 $decimal keep types.</summary>
public static class DocumentJson
{
    /// <summary>A document with its <c>_id</c> taken out (null when it has none).</summary>
    /// <exception cref="InvalidRequestException">Not an object, a duplicate field, a limit of RowFormat, a bad escape.</exception>
    public static (DocumentId? Id, Document Fields) ReadWithId(ReadOnlySpan<byte> utf8Json) => throw new NotImplementedException();

    public static Document Read(ReadOnlySpan<byte> utf8Json) => throw new NotImplementedException();

    public static Value ReadValue(ref Utf8JsonReader reader) => throw new NotImplementedException();

    public static void Write(Utf8JsonWriter writer, in Value value) => throw new NotImplementedException();

    /// <summary><c>_id</c> and <c>_version</c> (a string: it exceeds 2^53) first, then the fields.</summary>
    public static void Write(Utf8JsonWriter writer, StoredDocument document) => throw new NotImplementedException();

    public static string ToJson(StoredDocument document) => throw new NotImplementedException();

    public static string ToJson(Document document) => throw new NotImplementedException();
}
