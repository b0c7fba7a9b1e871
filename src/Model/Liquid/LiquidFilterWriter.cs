// From filters to the tree of a request. Recursive: whoever calls has validated the depth.
//
// An and or an or of nothing has no JSON form. There it is written as what it means: something that always holds
// (_id exists; inside any, the element does) or never.

namespace IngoDB.Model;

/// <summary>Writes filters as trees.</summary>
internal sealed class LiquidFilterWriter(bool emptyLogic)
{
    public Value Write(Filter filter, bool insideAny = false) => filter switch
    {
        CompareFilter f => Node(LiquidNames.Compare[(int)f.Operator], f.Field, ("value", f.Value)),
        RangeFilter f => Node("range", f.Field, ("low", f.Low), ("high", f.High), ("bounds", f.Bounds == RangeBounds.ClosedOpen ? Value.Missing : LiquidNames.Bounds[(int)f.Bounds])),
        InFilter f => Node(f.Negated ? "nin" : "in", f.Field, ("values", Value.From(f.Values.ToArray()))),
        ExistsFilter f => Node(f.Negated ? "missing" : "exists", f.Field),
        TextFilter f => Node(LiquidNames.Text[(int)f.Operator], f.Field, ("value", f.Value), ("fold", f.Fold ? true : Value.Missing)),
        TypeFilter f => Node("type", f.Field, ("value", LiquidNames.Types[(int)f.Type])),
        SizeFilter f => Node("size", f.Field, ("low", f.Low ?? Value.Missing), ("high", f.High ?? Value.Missing)),
        AnyFilter f => Node("any", f.Field, ("where", Write(f.Where, insideAny: true))),
        AndFilter f => Logic("and", f.Args, insideAny),
        OrFilter f => Logic("or", f.Args, insideAny),
        NotFilter f => Document.Of(("op", "not"), ("arg", Write(f.Arg, insideAny))),
        _ => throw LiquidValidator.Unknown(filter),
    };

    private Value Logic(string op, IReadOnlyList<Filter> args, bool insideAny)
    {
        if (args.Count == 0 && !emptyLogic) return Node(op == "and" ? "exists" : "missing", insideAny ? "$" : FieldNames.Id);
        var written = new Value[args.Count];
        for (var i = 0; i < written.Length; i++) written[i] = Write(args[i], insideAny);
        return Document.Of(("op", op), ("args", Value.From(written)));
    }

    /// <summary>Keys whose value is Missing are left out.</summary>
    private static Value Node(string op, FieldPath field, params ReadOnlySpan<(string Key, Value Value)> keys)
    {
        var node = new DocumentBuilder().Add("op", op).Add("field", field.Text);
        foreach (var (key, value) in keys)
            if (!value.IsMissing) node.Add(key, value);
        return node.Build();
    }
}
