// What can be wrong with a document that is put as a row: the names once per shape, the rest once per row.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Checks of documents that come as rows of a shape.</summary>
internal static class PutCheck
{
    /// <exception cref="InvalidRequestException"><c>document.reserved_field</c>.</exception>
    public static void Names(Shape shape)
    {
        if (shape.IsSelfDescribed) throw new ArgumentException("A put names its fields by a shape; WriteAsync takes rows that carry their own names.", nameof(shape));
        foreach (var name in shape.Names)
            if (ReservedFields.Contains(name)) throw ReservedFields.Refused(name, "/" + name);
    }

    /// <returns>When the document ends.</returns>
    /// <exception cref="InvalidRequestException"><c>document.too_large</c>, <c>document.bad_expires</c>.</exception>
    public static DocumentVersion Row(Shape shape, ReadOnlySpan<byte> row)
    {
        if (row.Length > RowFormat.DocumentBytesMax)
            throw new InvalidRequestException("document.too_large", $"A document has at most {RowFormat.DocumentBytesMax} bytes; this one has {row.Length}.");
        if (shape.OrdinalOf(FieldNames.Expires) < 0) return DocumentVersion.None;
        Expiry.Check(shape, row);
        return Expiry.Of(shape, row);
    }
}
