using System.Reflection;
using IngoDB.Model;

namespace IngoDB.Client.Mapping;

/// <summary>
/// Results of an aggregate as a user's type: each member from where it stands in the answer. In filters and sorts over results a
/// member is called by that place, too. Thread-safe.
/// </summary>
internal sealed class ResultMapper<T>(IDocumentMapper<T> inner, IReadOnlyDictionary<string, FieldPath> members) : IDocumentMapper<T>, IMemberNames
{
    public IMemberNames Names => this;

    public (DocumentId? Id, Document Fields) ToDocument(T item) => throw new InvariantViolationException("a result of an aggregate is never written");

    public DocumentId AssignId(T item, DocumentId made) => throw new InvariantViolationException("a result of an aggregate is never written");

    public T FromDocument(StoredDocument document)
    {
        var fields = new DocumentBuilder();
        foreach (var member in typeof(T).GetMembers(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!members.TryGetValue(member.Name, out var path) || inner.Names.FieldOf(typeof(T), member) is not { } name) continue;
            if (path.In(document) is { IsMissing: false } value) fields.Add(name, value);
        }

        return inner.FromDocument(document with { Fields = fields.Build(), IsProjection = true });
    }

    public string? FieldOf(Type declaring, MemberInfo member) => inner.Names.FieldOf(declaring, member);

    public FieldPath? PathOf(Type declaring, MemberInfo member) => declaring == typeof(T) ? members.GetValueOrDefault(member.Name) : null;

    public object? FromValue(in Value value, Type type) => inner.Names.FromValue(value, type);

    public Value ValueOf(object? constant, Type type) => inner.Names.ValueOf(constant, type);
}
