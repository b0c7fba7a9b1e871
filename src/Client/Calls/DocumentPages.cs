using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>Arguments and answers that are one document, on the wire a page of one.</summary>
internal static class DocumentPages
{
    public static byte[] Of(Document document)
    {
        var row = new ArrayBufferWriter<byte>();
        RowWriter.Write(document, row);
        var page = new DocumentPageWriter();
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        page.Add(key[..new DocumentId("argument").WriteKey(key)], DocumentVersion.None, Shape.Of(document), row.WrittenSpan);
        return page.Finish();
    }

    /// <summary>The fields of the one document of a page; null for an empty page.</summary>
    public static Document? Single(byte[]? page)
    {
        if (page is null || page.Length == 0) return null;
        var reader = new DocumentPageReader(page);
        return reader.MoveNext() ? reader.Decode().Fields : null;
    }
}
