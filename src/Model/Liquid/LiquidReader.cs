// The one mapping from a tree of values to the AST; JSON and binary both end here, so both have the same limits and the
// same teaching errors. Which tree it is decides one thing only: whether an and or an or may be empty.

namespace IngoDB.Model;

/// <summary>Reads and validates a request.</summary>
internal static class LiquidReader
{
    public static LiquidRequest Read(Document tree, bool emptyLogic)
    {
        var root = Value.From(tree);
        var kind = KindOf(root, LiquidPointer.Root);
        var node = LiquidObject.Of(root, LiquidNode.OfKind(kind)!, LiquidPointer.Root);
        return kind is "get" or "scan" or "aggregate" or "traverse" or "path"
            ? new LiquidQueryReader(new(emptyLogic)).Read(kind, node)
            : LiquidWriteReader.Read(kind, node, new(emptyLogic));
    }

    public static string KindOf(in Value value, LiquidPointer at)
    {
        if (value.Kind != ValueKind.Document) throw LiquidObject.WrongType(at, "a request object", value.Kind, LiquidNode.Scan.Example);
        var kind = value.AsDocument()["kind"];
        if (kind.IsMissing) throw new InvalidRequestException("query.missing_key", "A request needs 'kind'.", at.ToString(), suggestion: "kind", LiquidNode.Scan.Example);
        if (kind.Kind == ValueKind.String && LiquidNode.OfKind(kind.AsString()) is not null) return kind.AsString();
        var nearest = kind.Kind == ValueKind.String ? LiquidNearest.To(kind.AsString(), LiquidNames.Kinds) : null;
        throw new InvalidRequestException("query.unknown_kind", $"'kind' is one of {string.Join(", ", LiquidNames.Kinds)}.", at.Key("kind").ToString(), nearest, LiquidNode.OfKind(nearest ?? "scan")!.Example);
    }
}
