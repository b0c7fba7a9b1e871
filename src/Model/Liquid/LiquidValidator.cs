// Requests built in code obey the limits of those that arrive as text, by the same code: first the one thing that could
// hurt, the depth and number of filters, is checked with an explicit stack; then the request goes through the mapping
// to a tree and back, which checks everything else and knows the pointer of what is wrong.

namespace IngoDB.Model;

/// <summary>Checks a request built in code against the same limits that the JSON form obeys; iterative, so depth cannot hurt.</summary>
public static class LiquidValidator
{
    /// <exception cref="InvalidRequestException">The first violation found.</exception>
    public static void Validate(LiquidRequest request)
    {
        CheckFilters(request);
        CheckReservedFields(request);
        LiquidReader.Read(new LiquidWriter(emptyLogic: true).Write(request), emptyLogic: true);
    }

    internal static InvalidRequestException TooDeep(string pointer)
        => new("query.too_deep", $"Filters nest at most {LiquidLimits.FilterDepthMax} deep.", pointer, suggestion: "An and or an or takes many args", example: LiquidNode.Logic.Example);

    internal static InvalidRequestException TooManyNodes(string pointer)
        => new("query.too_many_nodes", $"A request has at most {LiquidLimits.FilterNodesMax} filters.", pointer, suggestion: "in takes many values", example: LiquidNode.In.Example);

    internal static InvalidRequestException Unknown(object? node)
        => new("query.unknown_kind", $"{node?.GetType().Name ?? "null"} is not a node of the AST.");

    private static void CheckFilters(LiquidRequest request)
    {
        var nodes = 0;
        var waiting = new Stack<(Filter? Filter, int Depth)>();
        foreach (var filter in FiltersOf(request)) waiting.Push((filter, 1));
        while (waiting.TryPop(out var next))
        {
            if (next.Depth > LiquidLimits.FilterDepthMax) throw TooDeep("");
            if (++nodes > LiquidLimits.FilterNodesMax) throw TooManyNodes("");
            switch (next.Filter)
            {
                case null: throw Unknown(null);
                case NotFilter f: waiting.Push((f.Arg, next.Depth + 1)); break;
                case AnyFilter f: waiting.Push((f.Where, next.Depth + 1)); break;
                case AndFilter f: PushAll(waiting, f.Args, next.Depth + 1); break;
                case OrFilter f: PushAll(waiting, f.Args, next.Depth + 1); break;
            }
        }
    }

    private static void PushAll(Stack<(Filter?, int)> waiting, IReadOnlyList<Filter> args, int depth)
    {
        if (args.Count > LiquidLimits.FilterNodesMax) throw TooManyNodes("");
        foreach (var arg in args) waiting.Push((arg, depth));
    }

    private static IEnumerable<Filter> FiltersOf(LiquidRequest request)
    {
        IEnumerable<Filter?> filters = request switch
        {
            GetQuery q => q.Include.Select(include => include.Where),
            ScanQuery q => q.Include.Select(include => include.Where).Append(q.Where),
            AggregateQuery q => [q.Where, q.Having],
            TraverseQuery q => FiltersOf(q.Hops).Append(q.Start),
            WhereWrite w => [w.Where],
            PathQuery q => FiltersOf(q.Hops).Append(q.Start).Append(q.Goal),
            _ => [],
        };
        return filters.OfType<Filter>();
    }

    private static IEnumerable<Filter?> FiltersOf(IEnumerable<Hop> hops) => hops.SelectMany(hop => new[] { hop.Where, hop.Prune });

    /// <summary>In a tree the _id stands among the fields; in code it is beside them, and must not be in both places.</summary>
    private static void CheckReservedFields(LiquidRequest request)
    {
        var documents = request switch
        {
            BulkWrite bulk => bulk.Writes.Select(DocumentOf),
            DocumentWrite write => [DocumentOf(write)],
            _ => [],
        };
        foreach (var document in documents)
            foreach (var (name, _) in document ?? Document.Empty)
                if (ReservedFields.Contains(name)) throw ReservedFields.Refused(name, "/document/" + name);
    }

    private static Document? DocumentOf(DocumentWrite write) => write switch
    {
        InsertWrite w => w.Document,
        UpsertWrite w => w.Document,
        ReplaceWrite w => w.Document,
        _ => null,
    };
}
