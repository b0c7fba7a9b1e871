// One engine of an oracle run and the plain documents that it holds, version by version. Variants differ in what the
// planner may use and in what it is told that things cost, so that each goes another way to the same answer.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Oracles;

/// <summary>A way to set an engine up.</summary>
internal sealed record OracleVariant(string Name, bool Columns, bool Indexes, QueryCosts Costs)
{
    public static IReadOnlyList<OracleVariant> All { get; } =
    [
        new("unindexed", Columns: false, Indexes: false, QueryCosts.Default),
        new("indexed", Columns: false, Indexes: true, new(RowFetched: 0.001, Seek: 0, EntryRead: 0)),
        new("columns", Columns: true, Indexes: false, new(RowExamined: 1000)),
        new("chosen", Columns: true, Indexes: true, QueryCosts.Default),
    ];
}

internal sealed class OracleEngine : IAsyncDisposable
{
    private static readonly string[] Indexed = ["a", "b", "c", "d", "e", "a[]", "b[]", "c[]", "a.b", "d[0]"];

    // Of fields in documents; where there are arrays too, a table has none of it.
    private static readonly string[] Wanted = ["a.a", "a.b", "b.a", "b.c", "c.a", "c.d", "d.b", "d.d"];

    private readonly Dictionary<DocumentId, StoredDocument> _documents = [];
    private readonly FakeTimeProvider _time;
    private readonly StorageEngine _engine;
    private readonly CollectionId _things;

    private readonly bool _mayExpire;

    private OracleEngine(StorageEngine engine, FakeTimeProvider time, OracleVariant variant, bool mayExpire)
    {
        (_engine, _time, Variant, _mayExpire) = (engine, time, variant, mayExpire);
        _things = engine.Collection("things");
        if (!variant.Columns) return;
        foreach (var path in Wanted) engine.WantColumn(_things, path);
    }

    public OracleVariant Variant { get; }

    /// <summary>How often each access path was taken.</summary>
    public Dictionary<string, int> Taken { get; } = [];

    public static async Task<OracleEngine> StartAsync(OracleVariant variant, bool mayExpire = true)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var engine = await StorageEngine.OpenAsync("/db", new()
        {
            Files = new SimulatedFileSystem(), Time = time, BackgroundWork = false, Seed = 1, LogSegmentBytesMin = 64 * 1024, Learning = LearningMode.Off,
            BlockBytes = 512, Columns = variant.Columns, ColumnRowsMin = 1, Costs = variant.Costs,
        });
        return new(engine, time, variant, mayExpire);
    }

    /// <summary>A round of changes; what the tables then look like depends on its number.</summary>
    public async Task ChangeAsync(IReadOnlyList<OracleChange> changes, int round)
    {
        var results = await _engine.WriteAsync([.. changes.Select(Write)]);
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].Document is { } document) _documents[changes[i].Id] = new(changes[i].Id, results[i].Version, Expiring(document, i));
            else _documents.Remove(changes[i].Id);
        }

        if (round == 0 && Variant.Indexes)
            foreach (var path in Indexed) _engine.DefineIndex(_things, path, "oracle");
        if (round % 4 != 3) await _engine.FlushAsync(); // the last round stays in memory, beside tables
        if (round % 4 == 2) await _engine.CompactAsync(everything: true);
        if (Variant.Indexes && round % 4 != 1) await _engine.BuildIndexesAsync(); // a table of the second round goes without
        _time.Advance(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Compares one answer with the plain reading of the semantics: documents, order, count, and the same by pages.</summary>
    public string? Difference(ScanQuery question, int pageSize)
    {
        using var snapshot = _engine.TakeSnapshot();
        var present = _documents.Values.Where(document => !IsExpired(document)).ToList();
        var expected = NaiveAnswers.Of(question, present);
        var request = new ScanRequest(_things) { Where = question.Where, Sort = question.Sort, Limit = question.Limit is { } limit ? limit + question.Skip : null };
        var actual = Read(request, snapshot, out _);
        actual.RemoveRange(0, Math.Min(question.Skip, actual.Count));
        if (!expected.SequenceEqual(actual)) return $"expected {Ids(expected)}\n   found {Ids(actual)}\n{_engine.Explain(request, execute: false)}";

        var matching = present.Count(document => FilterEvaluator.Matches(question.Where, document));
        if (_engine.Count(_things, question.Where, snapshot) is var count && count != matching) return $"expected a count of {matching}, not {count}";
        var pages = Pages(request with { Limit = null }, snapshot, pageSize);
        var whole = NaiveAnswers.Of(question with { Skip = 0, Limit = null }, present).Take(pages.Count).ToList();
        return whole.SequenceEqual(pages) ? null : $"in pages of {pageSize}\nexpected {Ids(whole)}\n   found {Ids(pages)}";
    }

    /// <summary>The same for an aggregate or a traversal.</summary>
    public string? Difference(Query question)
    {
        var expected = NaiveAnswers.Told(question, [.. _documents.Values.Where(document => !IsExpired(document))]);
        using var stream = _engine.Query(question);
        var actual = NaiveAnswers.Found(question, stream.ToList());
        return expected.SequenceEqual(actual, StringComparer.Ordinal) ? null : $"expected\n{string.Join('\n', expected)}\nfound\n{string.Join('\n', actual)}";
    }

    /// <summary>Results of an aggregate, in order.</summary>
    public List<Document> Groups(AggregateQuery question)
    {
        using var stream = _engine.Query(question);
        return [.. stream.ToList().Select(group => group.Fields)];
    }

    /// <summary>The ids that a question finds, in order.</summary>
    public List<string> Ids(ScanQuery question)
    {
        using var snapshot = _engine.TakeSnapshot();
        return [.. Read(new(_things) { Where = question.Where, Sort = question.Sort, Limit = question.Limit }, snapshot, out _).Select(document => document.Id.Text)];
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    /// <summary>Every eighth document has an end, some of them soon.</summary>
    private Document Expiring(Document document, int ordinal)
        => _mayExpire && ordinal % 8 == 0 ? document.With(FieldNames.Expires, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(5 + (ordinal % 40))) : document;

    private bool IsExpired(StoredDocument document)
        => document.Fields[FieldNames.Expires] is { Kind: ValueKind.Timestamp } end && end.AsTimestamp() <= _time.GetUtcNow();

    private EngineWrite Write(OracleChange change, int ordinal)
        => change.Document is { } document ? EngineWrite.Upsert(_things, change.Id, Expiring(document, ordinal)) : EngineWrite.Delete(_things, change.Id);

    private List<StoredDocument> Read(ScanRequest request, EngineSnapshot snapshot, out byte[] last)
    {
        using var stream = _engine.Scan(request, snapshot);
        var documents = new List<StoredDocument>();
        last = [];
        while (stream.MoveNext())
        {
            documents.Add(stream.Decode());
            last = stream.OrderKey.ToArray();
        }

        Taken[stream.Work.AccessPath] = Taken.GetValueOrDefault(stream.Work.AccessPath) + 1;
        return documents;
    }

    /// <summary>The first three pages.</summary>
    private List<StoredDocument> Pages(ScanRequest request, EngineSnapshot snapshot, int pageSize)
    {
        var all = new List<StoredDocument>();
        var after = Array.Empty<byte>();
        for (var page = 0; page < 3; page++)
        {
            var found = Read(request with { Limit = pageSize, After = after }, snapshot, out after);
            all.AddRange(found);
            if (found.Count < pageSize) break;
        }

        return all;
    }

    private static string Ids(IEnumerable<StoredDocument> documents) => string.Join(' ', documents.Select(document => $"{document.Id}@{document.Version}"));
}
