// The reading half of the language, from tree to records. Each method is one node and lists its keys with their limits
// in the order of the schema; LiquidObject does the refusing.

namespace IngoDB.Model;

/// <summary>From the tree of a request to queries: get, scan, aggregate, traverse, path.</summary>
internal sealed class LiquidQueryReader(LiquidFilterReader filters)
{
    private const int Unbounded = int.MaxValue;

    public Query Read(string kind, LiquidObject node) => kind switch
    {
        "get" => ReadGet(node),
        "scan" => ReadScan(node),
        "aggregate" => ReadAggregate(node),
        "traverse" => ReadTraverse(node),
        _ => ReadPath(node),
    };

    private GetQuery ReadGet(LiquidObject node)
    {
        var list = node.List("ids", 1, LiquidLimits.IdsMax);
        var ids = new DocumentId[list.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = LiquidWriteReader.ReadId(list.Span[i], node.Pointer.Key("ids").Item(i));
        return new() { From = node.Name("from"), At = node.TextOrNull("at"), Ids = ids, Select = ReadSelect(node), Include = ReadIncludes(node) };
    }

    private ScanQuery ReadScan(LiquidObject node) => new()
    {
        From = node.Name("from"),
        At = node.TextOrNull("at"),
        Where = filters.ReadOrNull(node, "where"),
        Sort = ReadSort(node),
        Select = ReadSelect(node),
        Limit = node.SmallOrNull("limit", 1, LiquidLimits.LimitMax),
        Skip = node.SmallOrNull("skip", 0, LiquidLimits.SkipMax) ?? 0,
        Cursor = node.TextOrNull("cursor"),
        Budget = ReadBudget(node),
        Include = ReadIncludes(node),
    };

    private AggregateQuery ReadAggregate(LiquidObject node)
    {
        var query = ReadAggregateKeys(node);
        AggregateResult.Check(query, node.Pointer);
        return query;
    }

    private AggregateQuery ReadAggregateKeys(LiquidObject node) => new()
    {
        From = node.Name("from"),
        At = node.TextOrNull("at"),
        Where = filters.ReadOrNull(node, "where"),
        By = node.Paths("by", LiquidLimits.GroupPathsMax, mayFanOut: true),
        Compute = ReadCompute(node),
        Having = filters.ReadOrNull(node, "having"),
        Sort = ReadSort(node),
        Limit = node.SmallOrNull("limit", 1, LiquidLimits.LimitMax),
        Cursor = node.TextOrNull("cursor"),
        Budget = ReadBudget(node),
    };

    private TraverseQuery ReadTraverse(LiquidObject node)
    {
        var query = ReadTraverseKeys(node);
        if (query.Distinct) CheckDistinct(query, node.Pointer);
        return query;
    }

    private TraverseQuery ReadTraverseKeys(LiquidObject node) => new()
    {
        From = node.Name("from"),
        At = node.TextOrNull("at"),
        Start = filters.ReadOrNull(node, "start"),
        Hops = ReadHops(node),
        Emit = node.Choice("emit", LiquidNames.Emit, EmitMode.Nodes),
        Unique = node.Choice("unique", LiquidNames.Unique, UniqueMode.Global),
        Order = node.Choice("order", LiquidNames.Order, TraverseOrder.Bfs),
        Select = ReadSelect(node),
        Distinct = node.Flag("distinct"),
        Limit = node.SmallOrNull("limit", 1, LiquidLimits.LimitMax),
        Cursor = node.TextOrNull("cursor"),
        Budget = ReadBudget(node),
    };

    private PathQuery ReadPath(LiquidObject node) => new()
    {
        From = node.Name("from"),
        At = node.TextOrNull("at"),
        Start = filters.Read(node["start"], node.Pointer.Key("start")),
        Goal = filters.Read(node["goal"], node.Pointer.Key("goal")),
        Hops = ReadHops(node),
        Weight = node.Has("weight") ? node.Path("weight") : null,
        K = node.SmallOrNull("k", 1, LiquidLimits.PathsMax) ?? 1,
        Depth = node.SmallOrNull("depth", 1, LiquidLimits.PathDepthMax)!.Value,
        Cursor = node.TextOrNull("cursor"),
        Budget = ReadBudget(node),
    };

    private static void CheckDistinct(TraverseQuery query, LiquidPointer at)
    {
        if (query.Emit is EmitMode.Edges or EmitMode.Paths)
            throw BadDistinct(at.Key("distinct"), $"{LiquidNames.Emit[(int)query.Emit]} differ from each other already; distinct goes with nodes and leaves.", "Leave distinct out");
        if (query.Select is not { } select)
            throw BadDistinct(at.Key("distinct"), "distinct compares what is selected, so it needs a select.", "select");
        if (select.Count == 0)
            throw BadDistinct(at.Key("select"), "distinct compares what is selected, and nothing is.", "Name a field");
        for (var i = 0; i < select.Count; i++)
            if (select[i].IsId || select[i].IsVersion)
                throw BadDistinct(at.Key("select").Item(i), $"Every document has a '{select[i]}' of its own, so none would be left out.", "Leave it out of select; each result has it anyway");
    }

    private static InvalidRequestException BadDistinct(LiquidPointer at, string message, string suggestion)
        => new("query.bad_distinct", message, at.ToString(), suggestion, """{"kind":"traverse","from":"routes","start":{"op":"eq","field":"from","value":"AUS"},"hops":[{"field":"to","to":{"collection":"routes","field":"from"}}],"select":["to"],"distinct":true}""");

    private static IReadOnlyList<FieldPath>? ReadSelect(LiquidObject node) => node.Has("select") ? node.Paths("select", LiquidLimits.SelectPathsMax) : null;

    private static SortKey[] ReadSort(LiquidObject node)
    {
        var list = node.List("sort", 0, LiquidLimits.SortKeysMax);
        var keys = new SortKey[list.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var key = LiquidObject.Of(list.Span[i], LiquidNode.SortKey, node.Pointer.Key("sort").Item(i));
            keys[i] = new(key.Path("field"), key.Choice("dir", LiquidNames.Directions, Direction.Ascending) == Direction.Descending,
                key.Has("nulls") ? key.Choice("nulls", LiquidNames.Nulls, NullsOrder.First) : null);
        }

        return keys;
    }

    private static Budget? ReadBudget(LiquidObject node)
    {
        if (!node.Has("budget")) return null;
        var budget = LiquidObject.Of(node["budget"], LiquidNode.Budget, node.Pointer.Key("budget"));
        return new(budget.SmallOrNull("ms", 1, Unbounded), budget.IntegerOrNull("docs", 1, long.MaxValue), budget.IntegerOrNull("bytes", 1, long.MaxValue), budget.IntegerOrNull("nodes", 1, long.MaxValue));
    }

    private static KeyValuePair<string, Accumulator>[] ReadCompute(LiquidObject node)
    {
        var at = node.Pointer.Key("compute");
        if (node["compute"].Kind != ValueKind.Document) throw node.WrongType("compute", "an object of named accumulators");
        var named = node["compute"].AsDocument();
        if (named.Count is 0 or > LiquidLimits.AccumulatorsMax) throw node.OutOfRange("compute", $"1 to {LiquidLimits.AccumulatorsMax} accumulators");
        var compute = new KeyValuePair<string, Accumulator>[named.Count];
        for (var i = 0; i < compute.Length; i++)
        {
            var (name, value) = named.Fields[i];
            var accumulator = LiquidObject.Of(value, LiquidNode.Accumulator, at.Key(name));
            var function = accumulator.Choice("fn", LiquidNames.Functions, AccumulatorFunction.Count);
            if (function != AccumulatorFunction.Count && !accumulator.Has("field")) throw accumulator.MissingKey("field");
            compute[i] = new(name, new(function, accumulator.Has("field") ? accumulator.Path("field", mayFanOut: true) : null));
        }

        return compute;
    }

    private Hop[] ReadHops(LiquidObject node)
    {
        var list = node.List("hops", 1, LiquidLimits.HopsMax);
        var hops = new Hop[list.Length];
        for (var i = 0; i < hops.Length; i++) hops[i] = ReadHop(LiquidObject.Of(list.Span[i], LiquidNode.Hop, node.Pointer.Key("hops").Item(i)));
        return hops;
    }

    private Hop ReadHop(LiquidObject node)
    {
        var max = node.SmallOrNull("max", 1, LiquidLimits.HopRepeatMax) ?? 1;
        return new(node.Path("field", mayFanOut: true), ReadTarget(node))
        {
            Where = filters.ReadOrNull(node, "where"),
            Prune = filters.ReadOrNull(node, "prune"),
            Min = node.SmallOrNull("min", 0, max) ?? 1,
            Max = max,
            Fanout = node.SmallOrNull("fanout", 1, Unbounded),
            Label = node.Has("label") ? node.Name("label") : null,
        };
    }

    private Include[] ReadIncludes(LiquidObject node)
    {
        var list = node.List("include", 0, LiquidLimits.IncludesMax);
        var includes = new Include[list.Length];
        for (var i = 0; i < includes.Length; i++)
        {
            var include = LiquidObject.Of(list.Span[i], LiquidNode.Include, node.Pointer.Key("include").Item(i));
            CheckAs(include, includes.AsSpan(0, i));
            includes[i] = new(include.Path("field", mayFanOut: true), ReadTarget(include), include.Name("as"))
            {
                Where = filters.ReadOrNull(include, "where"),
                Select = ReadSelect(include),
                Limit = include.SmallOrNull("limit", 1, LiquidLimits.LimitMax),
            };
        }

        return includes;
    }

    private static void CheckAs(LiquidObject include, ReadOnlySpan<Include> before)
    {
        var name = include.Name("as");
        var isTaken = ReservedFields.Contains(name);
        foreach (var other in before) isTaken |= other.As == name;
        if (isTaken) throw new InvalidRequestException("query.duplicate_name", $"'{name}' is taken; each include needs a field of its own.", include.Pointer.Key("as").ToString(), suggestion: name + "2", LiquidNode.Include.Example);
    }

    private static JoinTarget ReadTarget(LiquidObject node)
    {
        var target = LiquidObject.Of(node["to"], LiquidNode.JoinTarget, node.Pointer.Key("to"));
        return new(target.Name("collection"), target.Path("field", mayFanOut: true));
    }

    private enum Direction { Ascending, Descending }
}
