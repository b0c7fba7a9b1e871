namespace IngoDB.Model;

/// <summary><c>_id</c> and <c>_version</c> are the database's: everybody reads them, nobody writes them as ordinary fields.</summary>
public static class ReservedFields
{
    public static bool Contains(string name) => name.Length > 0 && name[0] == '_' && name is FieldNames.Id or FieldNames.Version;

    /// <summary>Splits a document as callers write it into its <c>_id</c> and its fields.</summary>
    /// <exception cref="InvalidRequestException"><c>document.bad_id</c>, or <c>document.reserved_field</c> for a <c>_version</c>.</exception>
    public static (DocumentId? Id, Document Fields) TakeId(Document document)
    {
        if (document.Contains(FieldNames.Version)) throw Refused(FieldNames.Version, "/" + FieldNames.Version);
        var id = document[FieldNames.Id];
        if (id.IsMissing) return (null, document);
        try
        {
            return (DocumentId.FromValue(id), document.Without(FieldNames.Id));
        }
        catch (InvalidRequestException error)
        {
            throw JsonPointer.Under(FieldNames.Id, error);
        }
    }

    public static InvalidRequestException Refused(string name, string pointer = "")
        => new("document.reserved_field", $"'{name}' belongs to the database and cannot be written as a field.", pointer, suggestion: name == FieldNames.Version ? "Leave it out; ifVersion makes a write conditional" : "Pass the _id beside the fields");
}
