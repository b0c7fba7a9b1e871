using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>Between a user's type and documents. Thread-safe.</summary>
internal interface IDocumentMapper<T>
{
    /// <summary>Fields without <c>_id</c> and <c>_version</c>; the id is null when the item has none yet.</summary>
    /// <exception cref="InvalidRequestException">It cannot be a document.</exception>
    (DocumentId? Id, Document Fields) ToDocument(T item);

    /// <summary>Tells the item the id that was made for it, where it has a place for it; gives the id as it holds it.</summary>
    DocumentId AssignId(T item, DocumentId made);

    T FromDocument(StoredDocument document);

    /// <summary>How members of the type are called in documents.</summary>
    IMemberNames Names { get; }
}
