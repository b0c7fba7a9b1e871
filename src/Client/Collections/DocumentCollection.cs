using IngoDB.Client.Calls;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>A collection of documents as they are: <see cref="StoredDocument"/> out, <see cref="Document"/> with or without an id in.</summary>
public sealed class DocumentCollection : IngoCollection<StoredDocument>
{
    internal DocumentCollection(ReadScope scope, string name)
        : base(scope, name, StoredDocumentMapper.Instance)
    {
    }

    /// <summary>Writes a new document under this id, or under a UUIDv7 made here; the result tells which.</summary>
    /// <exception cref="ConflictException"><c>document.exists</c></exception>
    public Task<WriteResult> InsertAsync(Document document, DocumentId? id = null, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => OneAsync(WriteKind.Insert, id, document, options, cancellationToken);

    /// <summary>Writes the document, whether or not there is one with this id.</summary>
    public Task<WriteResult> UpsertAsync(Document document, DocumentId id, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => OneAsync(WriteKind.Upsert, id, document, options, cancellationToken);

    /// <summary>Writes the document in the place of the one with this id.</summary>
    /// <exception cref="ConflictException"><c>document.missing</c>, <c>document.conflict</c></exception>
    public Task<WriteResult> ReplaceAsync(Document document, DocumentId id, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => OneAsync(WriteKind.Replace, id, document, options, cancellationToken);

    /// <summary>Many inserts, in pages; documents without an id get a UUIDv7 each.</summary>
    public Task<BulkResult> InsertManyAsync(IEnumerable<Document> documents, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => BulkAsync(documents.Select(document => new InsertWrite { Into = Name, Document = document }), atomic: false, options, cancellationToken);

    private Task<WriteResult> OneAsync(WriteKind kind, DocumentId? id, Document document, WriteOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Writer(options).WriteOneAsync(new PendingWrite(kind, id ?? Scope.Calls.Ids.Next(), document, null, IfVersion(options)), cancellationToken);
    }
}
