// What every oracle is asked: random documents, random changes to them, random questions. A story is its seed: the same
// seed gives the same documents and questions to an engine, to a cluster and to another database, so a difference found
// anywhere is replayed anywhere with one number (INGODB_ORACLE_SEED=…).
//
// A data set is dear and a question is cheap, so many questions are asked of one data set: a round of changes, then a batch of
// questions, four times.

using System.Globalization;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>A document that is written, or deleted when it is null.</summary>
public sealed record OracleChange(DocumentId Id, Document? Document);

/// <summary>Documents and questions from one seed. One thread.</summary>
public sealed class OracleStory(ulong seed)
{
    public const int Rounds = 4;
    public const string RoundsVariable = "INGODB_ORACLE_ROUNDS";
    private const string SeedVariable = "INGODB_ORACLE_SEED";

    // How a sort, a page and a limit go together matters more than how large they are.
    private static readonly Gen<ScanQuery> s_questions = Gen.Select(FilterGenerators.Filter, FilterGenerators.Sort, Gen.Int[0, 60], Gen.Int[0, 8], Gen.Bool, (where, sort, limit, skip, filtered) => new ScanQuery
    {
        From = "things",
        Where = filtered || sort.Count == 0 ? where : null,
        Sort = sort,
        Limit = limit is 0 or > 40 ? null : limit,
        Skip = skip > 4 ? skip : 0,
    });

    private static readonly Gen<Document> s_documents = Gen.Select(ValueGenerators.Document, Gen.Int[0, 9], (document, dotted) => Flat(dotted == 0 ? document.With("a.b", dotted) : document).Without(FieldNames.Expires));

    private static readonly Gen<FieldPath> s_edges = Gen.Frequency((6, Gen.Int[0, 7].Select(i => (FieldPath)"abcdefgh"[i].ToString())), (1, Gen.Const((FieldPath)"a[]")), (1, Gen.Const((FieldPath)"a.b")), (2, Gen.Const((FieldPath)"_id")));

    private static readonly Gen<Filter?> s_conditions = Gen.Frequency((3, Gen.Const((Filter?)null)), (2, FilterGenerators.Filter.Select(filter => (Filter?)filter)));

    private static readonly Gen<Hop> s_hops = Gen.Select(s_edges, s_edges, s_conditions, s_conditions, Gen.Int[0, 1], Gen.Int[1, 2], (from, to, where, prune, min, max) => new Hop(from, new("things", to)) { Where = where, Prune = prune, Min = min, Max = max });

    // Fields of many documents hold the same few values, so walks that are told apart by their way would be millions.
    private static readonly Gen<TraverseQuery> s_traversals = Gen.Select(FilterGenerators.Filter, s_hops.List[1, 2], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 12], Gen.Int[0, 4], (start, hops, emit, isGlobal, limit, select) => new TraverseQuery
    {
        From = "things",
        Start = start,
        Hops = hops,
        Emit = emit switch { 0 => EmitMode.Nodes, 1 => EmitMode.Edges, _ => EmitMode.Leaves },
        Unique = isGlobal ? UniqueMode.Global : UniqueMode.None,
        Limit = limit is 0 ? null : 5 * limit,
        Select = select switch { 0 => ["a"], 1 => ["b", "c"], _ => null },
        Distinct = select < 2 && emit != 1,
    });

    private readonly PCG _random = new(1, seed);

    public ulong Seed => seed;

    /// <summary>Stories to tell: so many, or the one that the environment names.</summary>
    public static IEnumerable<ulong> Seeds(int count, ulong first = 1)
        => Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } one ? [ulong.Parse(one, CultureInfo.InvariantCulture)] : Enumerable.Range(0, count).Select(i => first + (ulong)i);

    /// <summary>How many rounds a story has that goes on for as long as it is let: what the environment says, or so many.</summary>
    public static int RoundsOr(int usual)
        => Environment.GetEnvironmentVariable(RoundsVariable) is { Length: > 0 } rounds ? int.Parse(rounds, CultureInfo.InvariantCulture) : usual;

    /// <summary>Changes to a few hundred documents, each id once; a sixth are deletions.</summary>
    public IReadOnlyList<OracleChange> NextChanges(int count)
    {
        var changes = new Dictionary<DocumentId, OracleChange>();
        for (var i = 0; i < count; i++)
        {
            var id = Next(ValueGenerators.Id);
            changes[id] = new(id, Next(Gen.Int[0, 5]) == 0 ? null : Next(s_documents));
        }

        return [.. changes.Values];
    }

    public ScanQuery NextQuestion() => Next(s_questions);

    public AggregateQuery NextAggregate() => Next(AggregateGenerators.Of("things"));

    public TraverseQuery NextTraversal() => Next(s_traversals);

    /// <summary>Three fields never hold arrays or documents: those get columns.</summary>
    private static Document Flat(Document document)
    {
        foreach (var name in (string[])["f", "g", "h"])
            if (document[name] is { Kind: ValueKind.Array or ValueKind.Document }) document = document.With(name, name[0] - 'f');
        return document;
    }

    /// <summary>From 0 up to that, without it.</summary>
    public int Next(int below) => (int)_random.Next((uint)below);

    public T Next<T>(Gen<T> gen) => gen.Generate(_random, null, out _);

    /// <summary>What a difference is told with: the question and how to come back to it.</summary>
    public string Told(Query question, string where) => $"seed {seed}, {where}: {LiquidJson.Write(question)}\nreplay: {SeedVariable}={seed}";
}
