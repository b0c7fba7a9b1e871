// A state as a document: the grain that it belongs to, and then the state's own fields, so that a query names them as the type does.
//
//   {"_id": "sku-17", "grain": {"type": "inventory", "key": "sku-17"}, "stock": 3, "supplier": {"type": "supplier", "key": "acme"}}
//
// What is no object, or has a field that is called like one of ours, stands whole in a field of its own; so does what an opaque
// serializer made, as bytes that no query sees into:
//
//   {"_id": "n-1",    "grain": {"type": "counter", "key": "n-1"}, "state": 5}
//   {"_id": "n-1",    "grain": {"type": "counter", "key": "n-1", "opaque": true}, "state": <bytes>}

using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.States;

/// <summary>The names of the fields that are ours, and how the grain stands in them.</summary>
internal static class StateLayout
{
    public const string Grain = "grain";
    public const string State = "state";
    public const string Type = "type";
    public const string Key = "key";
    public const string Opaque = "opaque";

    /// <summary>Names that a state's own field cannot have at the top of its document.</summary>
    public static bool IsTaken(string name) => name is Grain or State || ReservedFields.Contains(name) || name == FieldNames.Expires;

    /// <summary>What stands before the state's own fields: its grain, and when it ends.</summary>
    public static Document HeadOf(GrainId grain, bool isOpaque, DateTimeOffset? expires)
    {
        var (type, key) = (Value.From(grain.Type.ToString()!), Naming.StateIds.ValueOf(grain.Key.ToString()!));
        var owner = Value.From(isOpaque ? Document.Of((Type, type), (Key, key), (Opaque, true)) : Document.Of((Type, type), (Key, key)));
        return expires is { } end ? Document.Of((Grain, owner), (FieldNames.Expires, end)) : Document.Of((Grain, owner));
    }

    /// <exception cref="InvalidRequestException"><c>state.not_a_state</c>.</exception>
    public static GrainId GrainOf(StoredDocument document)
    {
        var grain = document.Fields[Grain];
        if (grain.Kind == ValueKind.Document && grain.AsDocument() is var fields && fields[Type] is { Kind: ValueKind.String } type && fields[Key] is { Kind: ValueKind.String or ValueKind.Uuid } key)
            return GrainId.Create(type.AsString(), Naming.StateIds.KeyOf(key));
        throw new InvalidRequestException("state.not_a_state", $"Document '{document.Id}' does not say whose state it is.", "/" + Grain);
    }

    public static bool IsOpaque(Document fields) => fields[Grain] is { Kind: ValueKind.Document } grain && grain.AsDocument().Contains(Opaque);
}
