// What the client's queries need to know of a type of state: which field a member is, what a constant is there, and how a document is
// read. All of it comes from the codec that the storage provider writes with, so that a filter looks where the state was put.

using System.Reflection;
using IngoDB.Client.Mapping;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Queries;

/// <summary>States for the client's queries: where a member of the type stands in the document, and what a constant is there. They are read only; grains write them.</summary>
internal sealed class StateMapper<TState>(StateJson json) : IDocumentMapper<TState>, IMemberNames
{
    private readonly DocumentStateCodec<TState> _codec = new(json, fallback: null);
    private readonly JsonMemberNames _names = new(json.Writing, json.Reading);

    public IMemberNames Names => this;

    public TState FromDocument(StoredDocument document) => _codec.Decode(document)!;

    public string? FieldOf(Type declaring, MemberInfo member) => _names.FieldOf(declaring, member);

    public FieldPath? PathOf(Type declaring, MemberInfo member)
    {
        if (_codec.IsInline || declaring != typeof(TState) || FieldOf(declaring, member) is not { } field) return null;
        return FieldPath.Parse($"{StateLayout.State}[\"{field.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]");
    }

    public Value ValueOf(object? constant, Type type) => constant is IAddressable grain ? _names.ValueOf(grain.GetGrainId(), typeof(GrainId)) : _names.ValueOf(constant, type);

    public object? FromValue(in Value value, Type type) => _names.FromValue(value, type);

    public (DocumentId? Id, Document Fields) ToDocument(TState item) => throw new InvalidRequestException("state.read_only", "A state is written by its grain.", suggestion: "Call the grain, or MigrateAsync for all states of a type");

    public DocumentId AssignId(TState item, DocumentId made) => made;
}

/// <summary>States with whose they are.</summary>
internal sealed class RecordMapper<TState>(StateMapper<TState> states, IGrainFactory? grains) : IDocumentMapper<GrainRecord<TState>>
{
    public IMemberNames Names => states;

    public GrainRecord<TState> FromDocument(StoredDocument document) => new(StateLayout.GrainOf(document), states.FromDocument(document), document.Version, grains);

    public (DocumentId? Id, Document Fields) ToDocument(GrainRecord<TState> item) => states.ToDocument(item.State);

    public DocumentId AssignId(GrainRecord<TState> item, DocumentId made) => made;
}
