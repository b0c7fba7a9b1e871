using System.Reflection;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>Documents as they are.</summary>
internal sealed class StoredDocumentMapper : IDocumentMapper<StoredDocument>, IMemberNames
{
    public static StoredDocumentMapper Instance { get; } = new();

    public IMemberNames Names => this;

    public (DocumentId? Id, Document Fields) ToDocument(StoredDocument item) => item.IsProjection
        ? throw new InvalidRequestException("document.projection", $"'{item.Id}' was read with select: writing it would drop the fields that were left out.", suggestion: "Read the whole document, or patch the fields that change")
        : (item.Id, item.Fields);

    public DocumentId AssignId(StoredDocument item, DocumentId made) => item.Id;

    public StoredDocument FromDocument(StoredDocument document) => document;

    public string? FieldOf(Type declaring, MemberInfo member) => member.Name == nameof(StoredDocument.Id) && declaring == typeof(StoredDocument) ? FieldNames.Id : null;

    public object? FromValue(in Value value, Type type) => ValueReader.Read(value, type, System.Text.Json.JsonSerializerOptions.Web);

    public Value ValueOf(object? constant, Type type) => PlainValues.From(constant) ?? throw PlainValues.NotAValue(type);
}
