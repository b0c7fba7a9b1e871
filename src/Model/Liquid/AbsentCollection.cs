// A name that nobody has written to is mostly a misspelt one. A write that needs a document (replace, patch, delete, anything with
// `ifVersion`) finds none there, and must not make the collection: it answers as it would in an empty one, and says what is near.

namespace IngoDB.Model;

/// <summary>What writes do to a collection that does not exist. Pure.</summary>
public static class AbsentCollection
{
    /// <summary>Whether the write makes its collection.</summary>
    public static bool IsMadeBy(WriteKind kind, DocumentVersion ifVersion)
        => ifVersion == DocumentVersion.None && kind is WriteKind.Insert or WriteKind.Upsert or WriteKind.UpsertIfMissing;

    /// <summary>The result of one that does not.</summary>
    /// <param name="why">That there is no such collection, and which one may be meant.</param>
    public static WriteResult Result(WriteKind kind, DocumentId id, DocumentVersion ifVersion, string why)
        => kind == WriteKind.Delete && ifVersion == DocumentVersion.None
            ? new(WriteStatus.NotFound, id, DocumentVersion.None, null, why)
            : new(WriteStatus.Refused, id, DocumentVersion.None, "document.missing", why);

    /// <summary>The sentence for it.</summary>
    public static string Why(InvalidRequestException notFound) => $"{notFound.Message} Nearest: {notFound.Suggestion}.";

    /// <summary>Another write of an atomic batch that was refused for this reason.</summary>
    public static WriteResult Aborted(DocumentId id)
        => new(WriteStatus.Refused, id, DocumentVersion.None, "batch.aborted", "Another write of the atomic batch was refused, since its collection does not exist; so none was made.");
}
