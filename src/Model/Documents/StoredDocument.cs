namespace IngoDB.Model;

/// <summary>A document as the database holds it: identity, the version that wrote it, and its fields (without <c>_id</c> and <c>_version</c>).</summary>
public sealed record StoredDocument(DocumentId Id, DocumentVersion Version, Document Fields)
{
    /// <summary>A query left some of its fields out: it is not the document, and is refused where a document is to be written.</summary>
    public bool IsProjection { get; init; }

    /// <summary>A top-level field; <c>_id</c> and <c>_version</c> too (the version as UInt64).</summary>
    public Value this[string name] => name switch
    {
        FieldNames.Id => Id.ToValue(),
        FieldNames.Version => Value.From(Version.Raw),
        _ => Fields[name],
    };
}
