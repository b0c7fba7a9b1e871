// Questions to a LargeDocuments: every kind of query, from one document to all of them, over fields with values that are there. What
// a naive reading can still answer bounds them: walks that are told apart by their way begin at a few documents.

using CsCheck;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests;

/// <summary>Random queries whose operands come from the documents. One thread.</summary>
public sealed class LargeQuestions(OracleStory story, ReferenceJoins documents)
{
    private const string People = LargeDocuments.People, Links = LargeDocuments.Links, Places = LargeDocuments.Places;

    private static readonly string[] s_fields = ["a", "b", "c", "d", "e", "f", "g", "h", "n", "w", "to", "boss", "at"];
    private static readonly FieldPath[] s_sorts = ["n", "b", "c", "e", "f", "g", "h", "a.a", "a.b", "at", "_id", "_version", "w"];
    private static readonly FieldPath[] s_groups = ["b", "c", "a.b", "d[]", "at", "e", "n", "w", "to[]", "h"];

    /// <summary>The ways there are, with how many documents one leads to.</summary>
    private static readonly (string From, FieldPath Field, string To, FieldPath Target, int Degree)[] s_ways =
    [
        (People, "to", People, "_id", 2), (People, "to", People, "_id", 2), (People, "boss", People, "_id", 1), (People, "_id", People, "boss", 2), (People, "_id", People, "to", 2),
        (People, "at", Places, "_id", 1), (People, "_id", Links, "from", 1), (People, "to[]", Links, "to", 2), (Links, "to", People, "_id", 1), (Links, "from", People, "_id", 1),
        (Places, "_id", People, "at", 40), (Places, "near", Places, "_id", 3), (Places, "near", Places, "_id", 3), (Places, "_id", Places, "near", 3),
    ];

    public Query Next() => story.Next(20) switch
    {
        < 7 => NextScan(),
        < 9 => NextGet(),
        < 11 => NextAggregate(),
        < 18 => NextTraversal(),
        _ => NextPath(),
    };

    public Filter NextFilter(int depth = 2) => story.Next(depth == 0 ? 10 : 14) switch
    {
        0 => Filter.Eq("c", Held("c")),
        1 => Filter.Eq("n", Held("n")),
        2 => Filter.Eq("a.a", story.Next(100)),
        3 => NextRange("n", story.Next(6000)),
        4 => Filter.In("_id", [.. Enumerable.Range(0, 1 + story.Next(60)).Select(_ => Any(People).Id.ToValue())]),
        5 => Filter.Any("d", Filter.Eq("$", $"t{story.Next(12)}")),
        6 => new TextFilter(TextOperator.Prefix, "f", new string('b', story.Next(40))),
        7 => Filter.Gt("e", (story.Next(400) - 200) / 4.0),
        8 => Filter.In("b", [.. Enumerable.Range(0, 1 + story.Next(3)).Select(_ => Value.From(story.Next(10) * 1.0))]),
        9 => Filter.Lt("g", Held("g")),
        10 => Filter.And(NextFilter(depth - 1), NextFilter(depth - 1)),
        11 => Filter.Or(NextFilter(depth - 1), NextFilter(depth - 1)),
        12 => Filter.Not(NextFilter(depth - 1)),
        _ => story.Next(FilterGenerators.Filter),
    };

    private GetQuery NextGet() => new()
    {
        From = People,
        Ids = [.. Enumerable.Range(0, 1 + story.Next(story.Next(3) == 0 ? 800 : 12)).Select(_ => story.Next(9) == 0 ? new DocumentId($"nobody-{story.Next(9)}") : Any(People).Id)],
        Select = NextSelect(),
        Include = NextIncludes(),
    };

    // What is attached to every document of a large answer would be most of the work, here and there.
    private ScanQuery NextScan() => NextScanAlone() is { Limit: < 1000 } few ? few with { Include = NextIncludes() } : NextScanAlone();

    private ScanQuery NextScanAlone() => new()
    {
        From = People,
        Where = story.Next(8) == 0 ? null : NextFilter(),
        Sort = [.. Enumerable.Range(0, story.Next(3)).Select(_ => s_sorts[story.Next(s_sorts.Length)]).Distinct().Select(path => new SortKey(path, story.Next(2) == 0, story.Next(5) switch { 0 => NullsOrder.First, 1 => NullsOrder.Last, _ => null }))],
        Select = NextSelect(),
        Limit = story.Next(6) switch { 0 => 1 + story.Next(20), 1 => 1 + story.Next(500), 2 => 1 + story.Next(5000), _ => null },
        Skip = story.Next(4) == 0 ? story.Next(300) : 0,
    };

    private AggregateQuery NextAggregate()
    {
        var question = story.Next(3) == 0 ? story.Next(AggregateGenerators.Of(People)) : new AggregateQuery
        {
            From = People,
            Where = story.Next(4) == 0 ? null : NextFilter(),
            By = [.. Enumerable.Range(0, story.Next(3)).Select(_ => s_groups[story.Next(s_groups.Length)]).Distinct()],
            Compute = story.Next(AggregateGenerators.Compute),
        };
        return story.Next(8) != 0 ? question : question with { By = [], Having = null, Sort = [], Limit = null, Compute = [new("rows", new(AccumulatorFunction.Count))] };
    }

    private TraverseQuery NextTraversal()
    {
        var (emit, unique) = (story.Next(6) is var any && any < 4 ? (EmitMode)any : EmitMode.Nodes, (UniqueMode)story.Next(3));
        var isByWay = unique == UniqueMode.Path || (unique == UniqueMode.None && emit == EmitMode.Paths);
        var isWide = !isByWay && story.Next(3) == 0;
        var from = story.Next(10) switch { < 6 => People, < 9 => Places, _ => Links };
        var isDistinct = emit is EmitMode.Nodes or EmitMode.Leaves && story.Next(5) == 0;
        return new()
        {
            From = from,
            Start = from != People || !isWide ? NextIds(from, isByWay ? 6 : 60) : story.Next(3) == 0 ? null : NextFilter(1),
            Hops = NextHops(from, isByWay ? 40 : isWide ? 12 : 400, isWide),
            Emit = emit,
            Unique = unique,
            Order = story.Next(3) == 0 ? TraverseOrder.Dfs : TraverseOrder.Bfs,
            Select = isDistinct ? ["b", "w"] : story.Next(3) == 0 ? ["b", "w", "c"] : null,
            Distinct = isDistinct,
            Limit = story.Next(4) == 0 ? 1 + story.Next(2000) : null,
        };
    }

    private PathQuery NextPath()
    {
        var goal = story.Next(3) == 0 ? Filter.Eq("w", 3) : Filter.In("b", story.Next(10), story.Next(10));
        var hops = story.Next(3) switch
        {
            0 => [new Hop("to", new(People, "_id"))],
            1 => [new Hop("_id", new(Links, "from")) { Label = "link" }, new Hop("to", new(People, "_id"))],
            _ => (IReadOnlyList<Hop>)[new Hop("boss", new(People, "_id")) { Min = 0 }, new Hop("to", new(People, "_id")) { Where = Filter.Ne("b", story.Next(10)) }],
        };
        return new() { From = People, Start = NextIds(People, 2), Goal = goal, Hops = hops, Depth = hops.Count == 1 ? 4 : 3, K = 1 + story.Next(6), Weight = story.Next(2) == 0 ? (FieldPath)"w" : null };
    }

    /// <summary>Ways one after the other, no more of them than lead to about so many documents.</summary>
    private List<Hop> NextHops(string from, int degreeMax, bool isWide)
    {
        var (hops, degree) = (new List<Hop>(), 1);
        do
        {
            var ways = s_ways.Where(way => way.From == from && (!isWide || way.Degree < 10)).ToArray();
            var way = ways[story.Next(ways.Length)];
            var fanout = way.Degree > 10 || story.Next(3) == 0 ? 1 + story.Next(4) : (int?)null;
            var max = way.To == from ? 1 + story.Next(3) : 1;
            hops.Add(new(way.Field, new(way.To, way.Target))
            {
                Where = story.Next(4) == 0 ? Filter.Ne("w", 1 + story.Next(9)) : story.Next(4) == 0 ? Filter.Lt("c", "kind-08") : null,
                Prune = story.Next(5) == 0 ? Filter.Gt("w", 6) : null,
                Min = story.Next(3) == 0 ? story.Next(max + 1) : 1,
                Max = max,
                Fanout = fanout,
                Label = story.Next(4) == 0 ? "step" : null,
            });
            for (var i = 0; i < max; i++) degree *= Math.Max(2, fanout ?? way.Degree);
            from = way.To;
        } while (degree < degreeMax && hops.Count < 4 && story.Next(4) != 0);
        return hops;
    }

    private Filter NextIds(string collection, int countMax) => story.Next(3) == 0 && collection == People
        ? NextRange("n", countMax)
        : Filter.In("_id", [.. Enumerable.Range(0, 1 + story.Next(countMax)).Select(_ => Any(collection).Id.ToValue())]);

    private Filter NextRange(FieldPath field, int width)
    {
        var from = story.Next(documents.Of(People).Count);
        return Filter.Range(field, from, from + 1 + width);
    }

    private IReadOnlyList<FieldPath>? NextSelect() => story.Next(3) != 0 ? null : [.. Enumerable.Range(0, 1 + story.Next(4)).Select(_ => (FieldPath)s_fields[story.Next(s_fields.Length)]).Distinct()];

    private IReadOnlyList<Include> NextIncludes() => story.Next(6) != 0 ? [] : story.Next(4) switch
    {
        0 => [new("to", new(People, "_id"), "friends") { Select = ["b", "c"], Limit = story.Next(2) == 0 ? 2 : null }],
        1 => [new("at", new(Places, "_id"), "place")],
        2 => [new("_id", new(Links, "from"), "links") { Where = Filter.Gt("w", 4) }],
        _ => [new("boss", new(People, "_id"), "above") { Select = ["n"] }, new("_id", new(People, "boss"), "below") { Select = ["n"], Limit = 2 }],
    };

    private StoredDocument Any(string collection) => documents.Of(collection)[story.Next(documents.Of(collection).Count)];

    private Value Held(FieldPath field)
    {
        while (true)
            if (field.In(Any(People)) is { IsMissing: false } value) return value;
    }
}
