// From the AST to the tree of a request: the reverse of LiquidReader, defaults left out. The request has been
// validated, so recursion is bounded.

namespace IngoDB.Model;

/// <summary>Writes requests as trees.</summary>
internal sealed class LiquidWriter(bool emptyLogic)
{
    private readonly LiquidFilterWriter _filters = new(emptyLogic);

    public Document Write(LiquidRequest request) => request switch
    {
        GetQuery q => Begin("get", q).Add("ids", Value.From(q.Ids.Select(id => id.ToValue()).ToArray())).With("select", q.Select).With("include", q.Include, Include).Build(),
        ScanQuery q => Begin("scan", q).With("where", Filter(q.Where)).With("sort", q.Sort, SortKeyOf).With("select", q.Select).WithNumber("limit", q.Limit).WithNumber("skip", q.Skip, unless: 0)
            .With("cursor", q.Cursor).With("budget", BudgetOf(q.Budget)).With("include", q.Include, Include).Build(),
        AggregateQuery q => Begin("aggregate", q).With("where", Filter(q.Where)).With("by", q.By.Count == 0 ? null : q.By).Add("compute", ComputeOf(q.Compute)).With("having", Filter(q.Having)).With("sort", q.Sort, SortKeyOf)
            .WithNumber("limit", q.Limit).With("cursor", q.Cursor).With("budget", BudgetOf(q.Budget)).Build(),
        TraverseQuery q => Begin("traverse", q).With("start", Filter(q.Start)).With("hops", q.Hops, HopOf).With("emit", NameOrDefault(LiquidNames.Emit, (int)q.Emit)).With("unique", NameOrDefault(LiquidNames.Unique, (int)q.Unique))
            .With("order", NameOrDefault(LiquidNames.Order, (int)q.Order)).With("select", q.Select).With("distinct", q.Distinct ? true : Value.Missing).WithNumber("limit", q.Limit).With("cursor", q.Cursor).With("budget", BudgetOf(q.Budget)).Build(),
        PathQuery q => Begin("path", q).Add("start", _filters.Write(q.Start)).Add("goal", _filters.Write(q.Goal)).With("hops", q.Hops, HopOf).With("weight", q.Weight?.Text).WithNumber("k", q.K, unless: 1)
            .Add("depth", q.Depth).With("cursor", q.Cursor).With("budget", BudgetOf(q.Budget)).Build(),
        Write write => LiquidWriteWriter.Write(write, _filters),
        _ => throw LiquidValidator.Unknown(request),
    };

    private static DocumentBuilder Begin(string kind, Query query) => new DocumentBuilder().Add("kind", kind).Add("from", query.From).With("at", query.At);

    private Value Filter(Filter? filter) => filter is null ? Value.Missing : _filters.Write(filter);

    private static Value SortKeyOf(SortKey key) => new DocumentBuilder().Add("field", key.Field.Text).With("dir", key.Descending ? "desc" : null)
        .With("nulls", key.Nulls is { } nulls ? LiquidNames.Nulls[(int)nulls] : null).Build();

    private static Value BudgetOf(Budget? budget) => budget is null
        ? Value.Missing
        : new DocumentBuilder().WithNumber("ms", budget.Milliseconds).WithNumber("docs", budget.Documents).WithNumber("bytes", budget.Bytes).WithNumber("nodes", budget.Nodes).Build();

    private static Value ComputeOf(IReadOnlyList<KeyValuePair<string, Accumulator>> compute)
    {
        var named = new DocumentBuilder();
        foreach (var (name, accumulator) in compute)
            named.Add(name, new DocumentBuilder().Add("fn", LiquidNames.Functions[(int)accumulator.Function]).With("field", accumulator.Field?.Text).Build());
        return named.Build();
    }

    private Value HopOf(Hop hop) => new DocumentBuilder().Add("field", hop.Field.Text).Add("to", TargetOf(hop.To)).With("where", Filter(hop.Where)).With("prune", Filter(hop.Prune))
        .WithNumber("min", hop.Min, unless: 1).WithNumber("max", hop.Max, unless: 1).WithNumber("fanout", hop.Fanout).With("label", hop.Label).Build();

    private Value Include(Include include) => new DocumentBuilder().Add("field", include.Field.Text).Add("to", TargetOf(include.To)).Add("as", include.As)
        .With("where", Filter(include.Where)).With("select", include.Select).WithNumber("limit", include.Limit).Build();

    private static Value TargetOf(JoinTarget target) => Document.Of(("collection", target.Collection), ("field", target.Field.Text));

    private static string? NameOrDefault(string[] names, int index) => index == 0 ? null : names[index];
}
