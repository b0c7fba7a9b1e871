// Columns are a faster way to the same answers. Documents of all kinds of values, more than a zone of them, in tables that hide
// each other's rows; every question is asked of the engine and of the plain reading of the semantics, in one go
// and page by page. That columns answered at all is checked too.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;
using IngoDB.Tests.Whole;

namespace IngoDB.Tests.Scanning;

public sealed class ColumnScanTests : EngineFixture
{
    private const int Keys = 5_000;

    private readonly Dictionary<string, int> _paths = [];
    private ReferenceModel _model = new();

    // Rows are made dear, so that the planner takes columns wherever they can help at all.
    protected override EngineOptions Options => base.Options with { Costs = new(RowExamined: 1000), Learning = LearningMode.Off, ColumnRowsMin = 1, BlockBytes = 512, MemtableBytes = 64 << 20 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Over_one_table_every_answer_is_that_of_the_model(int seed)
    {
        var random = new Random(seed);
        await Write(random, Enumerable.Range(0, Keys));
        await Engine.FlushAsync();
        await AskAsync(random, questions: 40);
        ExpectColumnsWereUsed();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Over_tables_that_hide_rows_of_each_other_every_answer_is_that_of_the_model(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 4; round++)
        {
            await Write(random, Enumerable.Range(0, Keys / (1 + (3 * round))).Select(_ => random.Next(Keys)));
            await AskAsync(random, questions: 10);
            await Engine.FlushAsync();
            await AskAsync(random, questions: 10);
        }

        await Engine.CompactAsync(everything: true);
        await AskAsync(random, questions: 20);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        await AskAsync(random, questions: 20);
        ExpectColumnsWereUsed();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public async Task Beside_rows_in_memory_that_grow_between_questions_every_answer_is_that_of_the_model(int seed)
    {
        var random = new Random(seed);
        await Write(random, Enumerable.Range(0, Keys));
        await Engine.FlushAsync();
        for (var round = 0; round < 8; round++)
        {
            await Write(random, Enumerable.Range(0, 1 << round).Select(_ => random.Next(Keys + 500)));
            await AskAsync(random, questions: 6);
        }

        ExpectColumnsWereUsed();
    }

    [Fact]
    public async Task Explain_tells_of_how_many_stretches_of_rows_the_codes_alone_said_no()
    {
        var documents = Enumerable.Range(0, 20_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("year", i / 100), ("tens", i % 10))));
        foreach (var some in documents.Chunk(1_000)) await Engine.WriteAsync(some);
        await Engine.FlushAsync();

        (long, long) Zones(Filter where)
        {
            var explained = Engine.Explain(new ScanRequest(Things) { Where = where }, execute: true);
            Assert.Equal("column scan", explained["access"].AsString());
            var measured = explained["measured"].AsDocument();
            return (measured["zones"].AsInt64(), measured["zonesWithoutMatch"].AsInt64());
        }

        Assert.Equal((5, 4), Zones(Filter.Gte("year", 199)));
        Assert.Equal((5, 0), Zones(Filter.Eq("tens", 3)));
    }

    [Fact]
    public async Task An_older_snapshot_is_answered_by_entries_and_versions()
    {
        var random = new Random(7);
        await Write(random, Enumerable.Range(0, 3_000));
        await Engine.FlushAsync();
        using var snapshot = Engine.TakeSnapshot();
        var before = _model.Clone();
        await Write(random, Enumerable.Range(0, 500));
        await Engine.FlushAsync();
        var all = before.Scan(Things, snapshot.Point);
        for (var i = 0; i < 30; i++) IndexAgreesWithPrimaryChecker.CheckOne(Engine, AskedFor.Request(Things, random), all, snapshot);
    }

    private async Task Write(Random random, IEnumerable<int> keys)
    {
        foreach (var batch in keys.Chunk(500))
        {
            var writes = batch.Distinct().Select(key => new ModelWrite(random.Next(12) == 0 ? WriteKind.Delete : WriteKind.Upsert, Things, new($"k{key:D6}")) { Document = AskedFor.Document(random, Time.GetUtcNow()) }).ToList();
            var before = new ReadPoint(DocumentVersion.Max, Engine.ReserveTimestamp());
            var results = await Engine.WriteAsync([.. writes.Select(write => write.ToEngine())]);
            for (var i = 0; i < writes.Count; i++)
                if (results[i].Status is not WriteStatus.NotFound) _model.Record(writes[i], results[i].Version, before);
        }
    }

    private async Task AskAsync(Random random, int questions)
    {
        await Task.Yield();
        using var snapshot = Engine.TakeSnapshot();
        var all = _model.Scan(Things, snapshot.Point);
        Assert.Equal(all.Count, Engine.Count(Things, null, snapshot));
        for (var i = 0; i < questions; i++)
        {
            var request = AskedFor.Request(Things, random) with { Limit = random.Next(3) switch { 0 => null, 1 => random.Next(1, 50), _ => random.Next(1, Keys) } };
            IndexAgreesWithPrimaryChecker.CheckOne(Engine, request, all, snapshot);
            CheckPages(request, snapshot, random.Next(1, 40));
            Assert.Equal(all.Count(document => FilterEvaluator.Matches(request.Where, document)), Engine.Count(Things, request.Where, snapshot));
        }
    }

    private void ExpectColumnsWereUsed()
        => Assert.True(_paths.GetValueOrDefault("column scan") > _paths.Values.Sum() / 5, $"columns answered too little: {string.Join(", ", _paths)}");

    private void CheckPages(ScanRequest request, EngineSnapshot snapshot, int pageSize)
    {
        var whole = Read(request with { Limit = pageSize * 5 }, snapshot, out _);
        var pages = new List<StoredDocument>();
        var after = ReadOnlyMemory<byte>.Empty;
        for (var page = 0; page < 5; page++)
        {
            var read = Read(request with { Limit = pageSize, After = after }, snapshot, out var last);
            pages.AddRange(read);
            if (read.Count < pageSize) break;
            after = last;
        }

        Assert.Equal(whole, pages);
    }

    private List<StoredDocument> Read(ScanRequest request, EngineSnapshot snapshot, out byte[] last)
    {
        using var stream = Engine.Scan(request, snapshot);
        var documents = new List<StoredDocument>();
        last = [];
        while (stream.MoveNext())
        {
            documents.Add(stream.Decode());
            last = stream.OrderKey.ToArray();
        }

        _paths[stream.Work.AccessPath] = _paths.GetValueOrDefault(stream.Work.AccessPath) + 1;
        return documents;
    }
}
