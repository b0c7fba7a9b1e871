// Indexes over several fields give the same answers as no index at all: fields that are missing, null, arrays, numbers of all types,
// strings; equalities, lists, stretches and sorts of every direction on them; rows in memory over tables that hide each other's;
// deletes, expiry, older snapshots, indexes half built; page by page. The planner is made to love indexes, and that they were
// really used is checked too.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Verification;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;
using IngoDB.Tests.Whole;

namespace IngoDB.Tests.Querying;

public sealed class CompoundIndexTests : EngineFixture
{
    private const int Keys = 400;
    private static readonly FieldPath[] Fields = ["a", "b", "nested.c"];
    private static readonly string[] Indexes = ["a+b", "b+a", "a+nested.c+b", "b+nested.c"];

    private readonly Dictionary<string, int> _paths = [];
    private readonly ReferenceModel _model = new();
    private int _ordersOfSeveral;

    protected override EngineOptions Options => base.Options with { Costs = new(RowFetched: 0.001, Seek: 0, EntryRead: 1), Learning = LearningMode.Off, BlockBytes = 512, Columns = false };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task With_indexes_over_several_fields_every_answer_is_that_of_the_model(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 4; round++)
        {
            await Write(random, Enumerable.Range(0, Keys / (1 + round)).Select(_ => random.Next(Keys)));
            if (round == 0) await Engine.FlushAsync();
            foreach (var fields in Indexes.Skip(round == 1 ? 2 : 0).Take(2)) Engine.DefineIndex(Things, IndexFields.Parse(fields), "test");
            if (round < 3) await Engine.BuildIndexesAsync();
            Ask(random, questions: 30);
            await Engine.FlushAsync();
            Ask(random, questions: 20);
        }

        using var old = Engine.TakeSnapshot();
        await Write(random, Enumerable.Range(0, 60).Select(_ => random.Next(Keys)));
        await Engine.CompactAsync(everything: true);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        Ask(random, questions: 30, old);
        Ask(random, questions: 30);
        foreach (var path in (string[])["index order a+b", "index range a+b", "index order b+a"])
            Assert.True(_paths.Keys.Any(taken => taken.StartsWith(path, StringComparison.Ordinal)), $"nothing went through {path}; taken: {string.Join(", ", _paths)}");
        Assert.True(_ordersOfSeveral > 20, $"only {_ordersOfSeveral} pages of sorts by several fields came in the order of an index");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Built_from_codes_or_from_rows_it_agrees_with_its_table(bool columns)
    {
        var random = new Random(9);
        await using var engine = await StorageEngine.OpenAsync("/built", Options with { Columns = columns, ColumnRowsMin = 1 });
        var things = engine.Collection("things");
        using var snapshot = engine.TakeSnapshot(); // so that older versions and deletes stay in the tables
        for (var round = 0; round < 3; round++)
        {
            await engine.WriteAsync([.. Enumerable.Range(0, 300).Select(_ => random.Next(400)).Distinct().Select(key => random.Next(6) == 0 ? EngineWrite.Delete(things, new($"k{key:D6}")) : EngineWrite.Upsert(things, new($"k{key:D6}"), Thing(random)))]);
            await engine.FlushAsync();
        }

        await engine.CompactAsync(everything: true);
        foreach (var fields in (string[])["b", "a+b", "b+nested.c", "b+x", "x+b"]) engine.DefineIndex(things, IndexFields.Parse(fields), "test");
        await engine.BuildIndexesAsync();
        await engine.DisposeAsync();
        var report = EngineVerifier.Verify("/built", Options.Files);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        Assert.Equal(5, report.Indexes);
    }

    [Fact]
    public async Task A_category_in_the_order_of_its_prices_costs_as_many_rows_as_are_asked_for()
    {
        await Fill();
        Engine.DefineIndex(Things, IndexFields.Of("category", "price"), "test");
        await Engine.BuildIndexesAsync();
        var request = new ScanRequest(Things) { Where = Filter.Eq("category", "c3"), Sort = [new("price", Descending: true)], Limit = 10 };
        using var stream = Engine.Scan(request);
        var prices = stream.ToList().Select(document => document["price"].AsInt64()).ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 99L - (i / 2)), prices);
        Assert.Equal(("index order category+price", 10), (stream.Work.AccessPath, stream.Work.DocumentsExamined));
        Assert.Equal("things/category+price", Assert.Single(Engine.Indexes).Name);
    }

    [Fact]
    public async Task It_is_there_after_reopening_and_names_with_a_plus_are_no_other_index()
    {
        await Fill();
        Engine.DefineIndex(Things, IndexFields.Of("category", "price"), "test");
        Engine.DefineIndex(Things, FieldPath.OfField("category+price"), "test");
        await Engine.BuildIndexesAsync();
        await Reopen();
        Assert.Equal(["""things/["category+price"]""", "things/category+price"], Engine.Indexes.Select(index => index.Name).Order(StringComparer.Ordinal));
        Engine.DropIndex(Things, IndexFields.Parse("""["category+price"]"""), "test");
        Assert.Equal("category+price", Assert.Single(Engine.Indexes).Path);
    }

    [Fact]
    public async Task A_question_for_the_first_of_a_category_by_price_leaves_one_index_over_both()
    {
        await Fill();
        var request = new ScanRequest(Things) { Where = Filter.Eq("category", "c3"), Sort = [new("price")], Limit = 10 };
        for (var run = 0; run < 4 && Engine.Indexes.Count == 0; run++)
        {
            using (var stream = Engine.Scan(request)) stream.ToList();
            Engine.AdvanceLearning();
        }

        Assert.Equal("things/category+price", Assert.Single(Engine.Indexes).Name);
    }

    [Fact]
    public async Task A_sort_by_two_fields_leaves_the_index_that_is_in_this_order_and_is_free_from_then_on()
    {
        await Fill();
        var request = new ScanRequest(Things) { Sort = [new("price", Descending: true), new("category", Descending: true)], Limit = 10 };
        using (var sorted = Engine.Scan(request)) Assert.Equal(10, sorted.ToList().Count);
        for (var run = 0; run < 4 && Engine.Indexes.Count == 0; run++)
        {
            using (var stream = Engine.Scan(request)) stream.ToList();
            Engine.AdvanceLearning();
        }

        await Engine.BuildIndexesAsync();
        Assert.Equal("things/price+category", Assert.Single(Engine.Indexes).Name);
        using var free = Engine.Scan(request);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (99L, $"c{9 - (i / 2)}")), free.ToList().Select(document => (document["price"].AsInt64(), document["category"].AsString())));
        Assert.Equal(("index order price+category", 10), (free.Work.AccessPath, free.Work.DocumentsExamined));
    }

    [Theory]
    [InlineData("category+price", "category,price")]
    [InlineData("a.b+c[0]", "a.b,c[0]")]
    [InlineData("""["a+b"]+c""", "a+b,c")]
    [InlineData("""["x\\\"+y"]""", "[\"x\\\"+y\"]")]
    [InlineData("cast[]", "cast[]")]
    public void The_text_of_fields_reads_back_as_what_it_was_made_of(string text, string paths)
    {
        var fields = IndexFields.Parse(text);
        Assert.Equal(text, fields.Text);
        if (!paths.StartsWith('[')) Assert.Equal(paths, string.Join(',', fields.Paths.Select(path => path.Text)));
        Assert.Equal(fields, IndexFields.Of(fields.Paths.AsSpan()));
    }

    [Theory]
    [InlineData("a+a")]
    [InlineData("a[]+b")]
    [InlineData("a+b+c+d+e")]
    [InlineData("_id+a")]
    [InlineData("a+")]
    public void Fields_that_make_no_index_are_refused(string text) => Assert.Throws<InvalidRequestException>(() => IndexFields.Parse(text));

    private Task Fill() => Write([.. Enumerable.Range(0, 2_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D6}"), Document.Of(("category", $"c{i % 10}"), ("price", i % 1000 / 10))))]);

    private async Task Write(EngineWrite[] writes)
    {
        await Engine.WriteAsync(writes);
        await Engine.FlushAsync();
    }

    private async Task Write(Random random, IEnumerable<int> keys)
    {
        foreach (var batch in keys.Chunk(100))
        {
            var writes = batch.Distinct().Select(key => new ModelWrite(random.Next(12) == 0 ? WriteKind.Delete : WriteKind.Upsert, Things, new($"k{key:D6}")) { Document = Thing(random) }).ToList();
            var before = new ReadPoint(DocumentVersion.Max, Engine.ReserveTimestamp());
            var results = await Engine.WriteAsync([.. writes.Select(write => write.ToEngine())]);
            for (var i = 0; i < writes.Count; i++)
                if (results[i].Status is not WriteStatus.NotFound) _model.Record(writes[i], results[i].Version, before);
        }
    }

    // Few values, so that many rows share the first fields; now and then an array, which a plain path takes as it is.
    private Document Thing(Random random)
    {
        var document = AskedFor.Document(random, Time.GetUtcNow());
        if (random.Next(10) > 0) return document;
        var fields = new DocumentBuilder().Add("a", Value.From(random.Next(3), random.Next(3)));
        return random.Next(2) == 0 ? fields.Build() : fields.Add("b", random.Next(4)).Build();
    }

    private void Ask(Random random, int questions, EngineSnapshot? at = null)
    {
        using var now = Engine.TakeSnapshot();
        var snapshot = at ?? now;
        var all = _model.Scan(Things, snapshot.Point);
        for (var i = 0; i < questions; i++)
        {
            var request = Request(random);
            IndexAgreesWithPrimaryChecker.CheckOne(Engine, request, all, snapshot);
            CheckPages(request, snapshot, random.Next(1, 9));
        }
    }

    private ScanRequest Request(Random random)
    {
        var parts = Fields.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Select((field, i) => Part(random, field, isFirst: i == 0)).ToArray();
        var sort = random.Next(4) switch
        {
            0 => [],
            1 => SortedBy(random, random.Next(2, 4)),
            _ => new[] { new SortKey(Fields[random.Next(3)], random.Next(2) == 0, random.Next(4) switch { 0 => NullsOrder.First, 1 => NullsOrder.Last, _ => null }) },
        };
        return new(Things) { Where = Filter.And(parts), Sort = sort, Limit = random.Next(2) == 0 ? null : random.Next(1, 30) };
    }

    /// <summary>Several fields, mostly all in one direction, which an index can give.</summary>
    private static SortKey[] SortedBy(Random random, int fields)
    {
        var descending = random.Next(2) == 0;
        return [.. Fields.OrderBy(_ => random.Next()).Take(fields).Select(field => new SortKey(field, descending ^ (random.Next(12) == 0), random.Next(12) == 0 ? NullsOrder.Last : null))];
    }

    private static Filter Part(Random random, FieldPath field, bool isFirst) => random.Next(isFirst ? 7 : 10) switch
    {
        < 5 => Filter.Eq(field, Operand(random)),
        5 => new InFilter(field, [Operand(random), Operand(random)], Negated: false),
        6 => new ExistsFilter(field, Negated: true),
        7 => Filter.Gte(field, Operand(random)),
        8 => Filter.Lt(field, Operand(random)),
        _ => new RangeFilter(field, Operand(random), Operand(random), (RangeBounds)random.Next(4)),
    };

    private static Value Operand(Random random) => random.Next(6) switch { 0 => Value.Null, 1 => "x", 2 => (decimal)random.Next(6), 3 => Value.From(random.Next(3), random.Next(3)), _ => random.Next(8) };

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

        if (request.Sort.Count > 1 && stream.Work.AccessPath.StartsWith("index order", StringComparison.Ordinal)) _ordersOfSeveral++;
        _paths[stream.Work.AccessPath] = _paths.GetValueOrDefault(stream.Work.AccessPath) + 1;
        return documents;
    }
}
