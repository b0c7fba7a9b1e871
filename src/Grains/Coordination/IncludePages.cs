// A page that a query has read gets the documents that its includes name: the join of a traversal's hop, at the page's own snapshot,
// one message for each partition that has some of them.

using System.Buffers;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Pages with includes.</summary>
internal static class IncludePages
{
    /// <param name="select">What the query keeps; the page was read with <see cref="IncludeBatch.Reading"/>.</param>
    /// <param name="page">A DocumentPage, or nothing.</param>
    public static async ValueTask<byte[]> AttachAsync(RequestScope scope, IReadOnlyList<Include> includes, IReadOnlyList<FieldPath>? select, IReadOnlyDictionary<string, uint> collections, DocumentVersion snapshot, byte[] page)
    {
        if (includes.Count == 0 || page.Length == 0) return page;
        var batch = new IncludeBatch(includes, select);
        var reader = new DocumentPageReader(page);
        while (reader.MoveNext()) batch.Add(reader.IdKey, reader.Version, reader.Shape, reader.Row);
        var source = new PartitionJoinSource(snapshot, collections) { Scope = scope };
        return Write(await batch.AttachAsync(source, scope.Cancellation).ConfigureAwait(false));
    }

    private static byte[] Write(IReadOnlyList<StoredDocument> documents)
    {
        var page = new DocumentPageWriter();
        var row = new ArrayBufferWriter<byte>(1024);
        var shape = Shape.SelfDescribed;
        foreach (var document in documents)
        {
            row.ResetWrittenCount();
            RowWriter.Write(document.Fields, row);
            if (!shape.Fits(document.Fields)) shape = Shape.Of(document.Fields);
            page.Add(IdKeys.KeyOf(document.Id).Span, document.Version, shape, row.WrittenSpan);
        }

        return page.Finish();
    }
}
