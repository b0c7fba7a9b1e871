using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Abstractions;

/// <summary>Arguments and answers that are one document: on the wire a DocumentPage of one.</summary>
public static class SingleDocument
{
    private static readonly DocumentId Id = new("value");

    public static byte[] Write(Document document)
    {
        var row = new ArrayBufferWriter<byte>(256);
        RowWriter.Write(document, row);
        var page = new DocumentPageWriter();
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        page.Add(key[..Id.WriteKey(key)], DocumentVersion.None, Shape.Of(document), row.WrittenSpan);
        return page.Finish();
    }

    /// <summary>The fields of the page's only document; null for an empty page.</summary>
    public static Document? Read(ReadOnlyMemory<byte> page)
    {
        if (page.IsEmpty) return null;
        var reader = new DocumentPageReader(page);
        return reader.MoveNext() ? reader.Decode().Fields : null;
    }
}
