// From the tree of a request to filters. Depth and number of nodes are counted while reading, over all filters of the
// request together, so recursion ends at LiquidLimits.FilterDepthMax whatever comes in.
//
// An and or an or of nothing means true or false and is legal in code; in JSON it is far more often a mistake, so
// the JSON form refuses it (`emptyLogic` is false there).

namespace IngoDB.Model;

/// <summary>Reads the filters of one request.</summary>
internal sealed class LiquidFilterReader(bool emptyLogic)
{
    private int _nodes;

    /// <summary>Null when the key is absent.</summary>
    public Filter? ReadOrNull(LiquidObject node, string key) => node.Has(key) ? Read(node[key], node.Pointer.Key(key)) : null;

    public Filter Read(in Value value, LiquidPointer at) => Read(value, at, depth: 1, insideAny: false);

    private Filter Read(in Value value, LiquidPointer at, int depth, bool insideAny)
    {
        if (depth > LiquidLimits.FilterDepthMax) throw LiquidValidator.TooDeep(at.ToString());
        if (++_nodes > LiquidLimits.FilterNodesMax) throw LiquidValidator.TooManyNodes(at.ToString());
        if (value.Kind != ValueKind.Document) throw LiquidObject.WrongType(at, "a filter object", value.Kind, LiquidNode.Compare.Example);
        var op = OperatorOf(value.AsDocument(), at);
        var node = LiquidObject.Of(value, LiquidNode.OfOperator(op)!, at);
        return op switch
        {
            "range" => ReadRange(node, insideAny),
            "in" or "nin" => ReadIn(node, op == "nin", insideAny),
            "exists" or "missing" => new ExistsFilter(node.Path("field", insideAny: insideAny), op == "missing"),
            "prefix" or "contains" or "matches" => ReadText(node, insideAny),
            "type" => new TypeFilter(node.Path("field", insideAny: insideAny), node.Choice("value", LiquidNames.Types, TypeName.Null)),
            "size" => ReadSize(node, insideAny),
            "any" => new AnyFilter(node.Path("field", insideAny: insideAny), Read(node["where"], at.Key("where"), depth + 1, insideAny: true)),
            "and" => new AndFilter(ReadArgs(node, depth, insideAny)),
            "or" => new OrFilter(ReadArgs(node, depth, insideAny)),
            "not" => new NotFilter(Read(node["arg"], at.Key("arg"), depth + 1, insideAny)),
            _ => new CompareFilter(node.Choice("op", LiquidNames.Compare, CompareOperator.Eq), node.Path("field", insideAny: insideAny), Constant(node["value"], at.Key("value"))),
        };
    }

    private static string OperatorOf(Document filter, LiquidPointer at)
    {
        var op = filter["op"];
        if (op.IsMissing)
            throw new InvalidRequestException("query.missing_key", "A filter needs 'op'.", at.ToString(), suggestion: "op", LiquidNode.Compare.Example);
        if (op.Kind == ValueKind.String && LiquidNode.OfOperator(op.AsString()) is not null) return op.AsString();
        var nearest = op.Kind == ValueKind.String ? LiquidNearest.To(op.AsString(), LiquidNames.Operators) : null;
        throw new InvalidRequestException("query.unknown_operator", $"'op' is one of {string.Join(", ", LiquidNames.Operators)}.", at.Key("op").ToString(), nearest,
            LiquidNode.OfOperator(nearest ?? "eq")!.Example.Replace("\"op\":\"eq\"", $"\"op\":\"{nearest ?? "eq"}\"", StringComparison.Ordinal));
    }

    private static RangeFilter ReadRange(LiquidObject node, bool insideAny)
    {
        if (!node.Has("low") && !node.Has("high")) throw node.MissingKey("low");
        return new(node.Path("field", insideAny: insideAny), Constant(node["low"], node.Pointer.Key("low")), Constant(node["high"], node.Pointer.Key("high")),
            node.Choice("bounds", LiquidNames.Bounds, RangeBounds.ClosedOpen));
    }

    private static InFilter ReadIn(LiquidObject node, bool negated, bool insideAny)
    {
        if (node["values"] is { Kind: ValueKind.Array } list && list.AsArray().Length > LiquidLimits.InValuesMax)
            throw new InvalidRequestException("query.too_many_values", $"in takes at most {LiquidLimits.InValuesMax} values; this one has {list.AsArray().Length}.", node.Pointer.Key("values").ToString(), suggestion: "Split the request, or use a range");
        var values = node.List("values", 1, LiquidLimits.InValuesMax).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsMissing) throw LiquidObject.WrongType(node.Pointer.Key("values").Item(i), "a value", ValueKind.Missing, LiquidNode.In.Example);
            Constant(values[i], node.Pointer.Key("values").Item(i));
        }

        return new(node.Path("field", insideAny: insideAny), values, negated);
    }

    private static TextFilter ReadText(LiquidObject node, bool insideAny)
    {
        var filter = new TextFilter(node.Choice("op", LiquidNames.Text, TextOperator.Prefix), node.Path("field", insideAny: insideAny), node.Text("value", LiquidLimits.PatternCharactersMax), node.Flag("fold"));
        Constant(node["value"], node.Pointer.Key("value"));
        if (filter.Operator == TextOperator.Matches) FilterPattern.Of(filter, node.Pointer.Key("value").ToString());
        return filter;
    }

    private static SizeFilter ReadSize(LiquidObject node, bool insideAny)
    {
        if (!node.Has("low") && !node.Has("high")) throw node.MissingKey("low");
        return new(node.Path("field", insideAny: insideAny), node.IntegerOrNull("low", long.MinValue, long.MaxValue), node.IntegerOrNull("high", long.MinValue, long.MaxValue));
    }

    private Filter[] ReadArgs(LiquidObject node, int depth, bool insideAny)
    {
        var list = node.List("args", emptyLogic ? 0 : 1, LiquidLimits.FilterArgsMax);
        var args = new Filter[list.Length];
        for (var i = 0; i < args.Length; i++) args[i] = Read(list.Span[i], node.Pointer.Key("args").Item(i), depth + 1, insideAny);
        return args;
    }

    /// <summary>A constant must be able to stand in a document: whole characters, nested no deeper than one.</summary>
    private static Value Constant(in Value value, LiquidPointer at)
    {
        try
        {
            if (value.Kind is ValueKind.String or ValueKind.Array or ValueKind.Document) RowWriter.Check(value);
            return value;
        }
        catch (InvalidRequestException error)
        {
            throw JsonPointer.Beneath(at, error);
        }
    }
}
