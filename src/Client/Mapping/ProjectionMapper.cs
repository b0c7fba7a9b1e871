// The reading half of Select: each slot is a path and the type that it is read as, and a compiled function makes the object. It
// reads only: what was selected is a part of a document, so it is neither written back nor filtered again.

using System.Reflection;
using IngoDB.Client.Expressions;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>What a projection makes of a document. Thread-safe.</summary>
internal sealed class ProjectionMapper<T>(IReadOnlyList<ProjectionSlot> slots, Func<object?[], T> make, IMemberNames source) : IDocumentMapper<T>, IMemberNames
{
    /// <summary>The fields that it reads.</summary>
    public FieldPath[] Fields { get; } = [.. slots.Select(slot => slot.Path).Distinct()];

    public IMemberNames Names => this;

    public T FromDocument(StoredDocument document)
    {
        var values = new object?[slots.Count];
        for (var i = 0; i < values.Length; i++)
        {
            try
            {
                values[i] = source.FromValue(slots[i].Path.In(document), slots[i].Type);
            }
            catch (System.Text.Json.JsonException error)
            {
                throw new InvalidRequestException("document.not_this_type", $"Document '{document.Id}' holds no {slots[i].Type.Name} at '{slots[i].Path}': {error.Message}", "/" + slots[i].Path.Text, "Make the member nullable or of the stored type, or read it as a StoredDocument");
            }
        }

        return make(values);
    }

    public string? FieldOf(Type declaring, MemberInfo member) => throw AfterSelect();

    public Value ValueOf(object? constant, Type type) => throw AfterSelect();

    public object? FromValue(in Value value, Type type) => source.FromValue(value, type);

    public (DocumentId? Id, Document Fields) ToDocument(T item) => throw new InvalidRequestException("document.projection", "What was selected is a part of a document; writing it would drop the rest.", suggestion: "Patch the fields that change");

    public DocumentId AssignId(T item, DocumentId made) => made;

    private static InvalidRequestException AfterSelect()
        => new("query.unsupported_expression", "Behind Select there are no documents any more to filter, sort or select from.", suggestion: "Put Where, OrderBy and ThenBy before Select", example: ".Where(m => m.Year > 1970).OrderBy(m => m.Year).Select(m => new { m.Title })");
}
