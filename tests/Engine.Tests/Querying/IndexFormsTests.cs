// Covering and partial indexes give the same answers as no index at all: two engines get the same writes, one has indexes of every
// form and is asked for stretches that move, so that their files have different ones; the other scans. Selections, counts, sorts, pages;
// deletes, expiry, older snapshots, indexes half built, merges, restarts. That they were really used is checked, too.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Engine.Verification;
using IngoDB.Model;
using IngoDB.Tests.Core;
using IngoDB.Tests.Whole;

namespace IngoDB.Tests.Querying;

public sealed class IndexFormsTests : EngineFixture
{
    private const int Keys = 300;
    private static readonly FieldPath[] s_fields = ["a", "b", "nested", "nested.c", "x"];
    private static readonly string[] s_indexes = ["a(b)", "b(a,nested)", "a+b(x)", "b()", "a~hot", "b~hot", "tags[]~hot", "nested.c~hot"];

    private readonly SortedDictionary<string, int> _paths = new(StringComparer.Ordinal);

    protected override EngineOptions Options => base.Options with { Costs = new(RowExamined: 100, RowFetched: 0.1, Seek: 0, EntryRead: 1, RowCovered: 0.05), Learning = LearningMode.Off, BlockBytes = 512, Columns = false };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task In_every_form_indexes_change_no_answer_and_no_order(int seed)
    {
        var random = new Random(seed);
        await using var plain = await StorageEngine.OpenAsync("/plain", Options with { Costs = QueryCosts.Default });
        Assert.Equal(Things, plain.Collection("things"));
        for (var round = 0; round < 6; round++)
        {
            await WriteAsync(plain, random, Keys / (1 + round));
            if (round == 3) Time.Advance(TimeSpan.FromHours(8)); // what was hot before is forgotten
            Ask(plain, random, questions: 20, around: round);
            if (round == 0) await Engine.FlushAsync();
            foreach (var fields in s_indexes.Where((_, i) => (i + round) % 3 == 0)) Engine.DefineIndex(Things, IndexFields.Parse(fields), "test");
            if (round is 1 or 3 or 5) await Engine.BuildIndexesAsync();
            Ask(plain, random, questions: 40, around: round);
            if (round == 2) await Engine.CompactAsync(everything: true);
            else await Engine.FlushAsync();
            if (round == 4) await Reopen();
            Ask(plain, random, questions: 40, around: round);
        }

        using var old = Engine.TakeSnapshot();
        using var oldPlain = plain.TakeSnapshot();
        await WriteAsync(plain, random, 100);
        await Engine.CompactAsync(everything: true);
        Time.Advance(TimeSpan.FromMilliseconds(20));
        Ask(plain, random, questions: 40, around: 5, old, oldPlain);
        Ask(plain, random, questions: 40, around: 5);
        foreach (var path in (string[])["index only range a(b)", "index only range b(a,nested)", "index only order b(a,nested)", "index range a~hot", "index range b~hot", "index range tags[]~hot"])
            Assert.True(_paths.Keys.Any(taken => taken.StartsWith(path, StringComparison.Ordinal)), $"nothing went through {path}; taken: {string.Join(", ", _paths)}");
        var folder = Folder;
        await Engine.DisposeAsync();
        var report = EngineVerifier.Verify(folder, Options.Files);
        Assert.True(report.IsSound, string.Join('\n', report.Findings));
        Assert.True(report.Indexes >= s_indexes.Length);
    }

    [Fact]
    public async Task What_an_index_carries_is_read_instead_of_its_rows()
    {
        await Fill();
        Engine.DefineIndex(Things, IndexFields.Parse("category+price(name,none)"), "test");
        await Engine.BuildIndexesAsync();
        var request = new ScanRequest(Things) { Where = Filter.Eq("category", "c3"), Sort = [new("price", Descending: true)], Limit = 10, Select = ["name", "none", "price"] };
        using var stream = Engine.Scan(request);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{{\"name\":\"n{1993 - (i % 2 * 1000) - (i / 2 * 10)}\",\"price\":{99 - (i / 2)}}}").Order(), stream.ToList().Select(document => document.Fields.ToString()).Order());
        Assert.Equal(("index only order category+price(name,none)", 10), (stream.Work.AccessPath, stream.Work.DocumentsExamined));
        using var whole = Engine.Scan(request with { Select = null });
        whole.ToList();
        Assert.Equal("index order category+price(name,none)", whole.Work.AccessPath);
        Assert.Equal("things/category+price(name,none)", Assert.Single(Engine.Indexes).Name);
    }

    [Fact]
    public async Task A_partial_index_has_what_is_asked_for_and_what_it_does_not_have_is_scanned()
    {
        await Fill();
        for (var run = 0; run < 8; run++) Read(10 + (run % 3), 20);
        Engine.DefineIndex(Things, IndexFields.Parse("price~hot"), "test");
        await Engine.BuildIndexesAsync();
        var status = Assert.Single(Engine.Indexes);
        Assert.Equal(("things/price~hot", 11 * 20L), (status.Name, status.Entries));
        Assert.Equal("index rows price~hot", Read(12, 18));
        Assert.Equal("primary scan", Read(12, 21));

        // A merge takes what is asked for by then: the stretch has widened.
        await Engine.WriteAsync([EngineWrite.Upsert(Things, new("k000001"), Document.Of(("price", 21)))]);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal("index rows price~hot", Read(12, 21));

        // And when nobody asks for that any more it shrinks.
        Time.Advance(TimeSpan.FromHours(12));
        for (var run = 0; run < 8; run++) Read(90, 92);
        await Engine.WriteAsync([EngineWrite.Upsert(Things, new("k000002"), Document.Of(("price", 22)))]);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal(("index rows price~hot", "primary scan"), (Read(90, 92), Read(12, 18)));
        Assert.Equal(3 * 20L, Assert.Single(Engine.Indexes).Entries);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_with_the_stretch_that_its_files_have()
    {
        await Fill();
        for (var run = 0; run < 8; run++) Read(10, 20);
        Engine.DefineIndex(Things, IndexFields.Parse("price~hot"), "test");
        await Engine.BuildIndexesAsync();
        await Reopen();
        await Engine.WriteAsync([EngineWrite.Upsert(Things, new("k000001"), Document.Of(("price", 15)))]);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Equal("index rows price~hot", Read(12, 18));
    }

    [Fact]
    public async Task A_key_that_is_larger_than_a_block_has_one_of_its_own()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 5).Select(i => EngineWrite.Upsert(Things, new($"k{i}"), Document.Of(("a", new string((char)('a' + i), 10_000)), ("b", i))))]);
        await Engine.FlushAsync();
        foreach (var fields in (string[])["a", "a(b)"]) Engine.DefineIndex(Things, IndexFields.Parse(fields), "test");
        await Engine.BuildIndexesAsync();
        using var stream = Engine.Scan(new(Things) { Where = Filter.Eq("a", new string('c', 10_000)), Select = ["b"] });
        Assert.Equal(2, Assert.Single(stream.ToList())["b"].AsInt64());
        Assert.StartsWith("index only range", stream.Work.AccessPath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("category+price(name,stock)")]
    [InlineData("category()")]
    [InlineData("price~hot")]
    [InlineData("cast[]~hot")]
    [InlineData("price~hot(name)")]
    [InlineData("""["a(b)"]+["c~hot"](["d,e"],f)""")]
    public void The_text_of_a_form_reads_back_as_what_it_was_made_of(string text)
    {
        Assert.Equal(text, IndexFields.Parse(text).Text);
        Assert.Equal(IndexFields.Parse(text), IndexFields.Parse(IndexFields.Parse(text).Text));
    }

    [Theory]
    [InlineData("a+b~hot")]
    [InlineData("a[](b)")]
    [InlineData("a.b(c)")]
    [InlineData("a(_id)")]
    [InlineData("a(b)(c)")]
    [InlineData("a(b.c)")]
    public void Forms_that_there_are_not_are_refused(string text) => Assert.Throws<InvalidRequestException>(() => IndexFields.Parse(text));

    [Fact]
    public void Contents_are_read_back_as_they_were_written()
    {
        foreach (var contents in (IndexContents[])[new(true, null), new(false, []), new(true, [KeyRange.Point(new byte[] { 1 }), new(new byte[] { 2 }, false, null, false)])])
        {
            var writer = new IngoDB.Engine.Sstables.SectionWriter();
            contents.WriteTo(writer);
            var reader = new IngoDB.Engine.Sstables.SectionReader("f", 0, writer.Written);
            var read = IndexContents.Read(ref reader);
            reader.ExpectEnd();
            Assert.Equal((contents.Carries, contents.Ranges?.Length, contents.Has([3, 3]), contents.Has([1])), (read.Carries, read.Ranges?.Length, read.Has([3, 3]), read.Has([1])));
        }
    }

    private Task Fill() => Write([.. Enumerable.Range(0, 2_000).Select(i => EngineWrite.Upsert(Things, new($"k{i:D6}"), Document.Of(("category", $"c{i % 10}"), ("price", i % 1000 / 10), ("name", $"n{i}"))))]);

    private async Task Write(EngineWrite[] writes)
    {
        await Engine.WriteAsync(writes);
        await Engine.FlushAsync();
    }

    private string Read(int low, int high)
    {
        using var stream = Engine.Scan(new(Things) { Where = new RangeFilter("price", low, high, RangeBounds.Closed) });
        var expected = Engine.Scan(new(Things)).ToList().Where(document => document["price"].AsInt64() >= low && document["price"].AsInt64() <= high).ToList();
        Assert.Equal(expected, stream.ToList());
        return stream.Work.AccessPath;
    }

    private async Task WriteAsync(StorageEngine plain, Random random, int count)
    {
        var writes = Enumerable.Range(0, count).Select(_ => random.Next(Keys)).Distinct().Select(key => random.Next(12) == 0 ? EngineWrite.Delete(Things, new($"k{key:D6}")) : EngineWrite.Upsert(Things, new($"k{key:D6}"), Thing(random))).ToList();
        await Engine.WriteAsync(writes);
        await plain.WriteAsync(writes);
    }

    private Document Thing(Random random)
    {
        var document = AskedFor.Document(random, Time.GetUtcNow());
        // Hours, since two engines that are asked differently often do not agree on the millisecond that it is.
        if (document.Contains(FieldNames.Expires)) document = document.With(FieldNames.Expires, Time.GetUtcNow().AddHours(random.Next(1, 40)));
        return random.Next(3) == 0 ? document : document.With("x", new string('x', random.Next(3)));
    }

    private void Ask(StorageEngine plain, Random random, int questions, int around, EngineSnapshot? at = null, EngineSnapshot? plainAt = null)
    {
        for (var i = 0; i < questions; i++)
        {
            var request = Request(random, around);
            using (var stream = Engine.Scan(request, at))
            using (var scanned = plain.Scan(request, plainAt))
            {
                var (expected, found) = (scanned.ToList().Select(Text).ToList(), stream.ToList().Select(Text).ToList());
                Assert.True(expected.SequenceEqual(found), $"through {stream.Work.AccessPath}: {QueryShape.Of(request).Text()}, limit {request.Limit}, expected\n{string.Join('\n', expected.Except(found))}\nfound\n{string.Join('\n', found.Except(expected))}");
                _paths[stream.Work.AccessPath] = _paths.GetValueOrDefault(stream.Work.AccessPath) + 1;
            }

            if (at is null) Assert.Equal(plain.Count(Things, request.Where), Engine.Count(Things, request.Where));
            CheckPages(request, at, random.Next(1, 9));
        }
    }

    private static string Text(StoredDocument document) => $"{document.Id} {document.Fields}";

    private ScanRequest Request(Random random, int around)
    {
        FieldPath field = random.Next(4) switch { 0 => "b", 1 => "nested.c", _ => "a" };
        var parts = new List<Filter>();
        if (random.Next(6) > 0) parts.Add(Part(random, field, around));
        if (random.Next(3) == 0) parts.Add(Part(random, "b", around));
        if (random.Next(4) == 0) parts.Add(Filter.Any("tags", Filter.Eq("$", around % 6)));
        SortKey[] sort = random.Next(3) switch { 0 => [], 1 => [new("b", random.Next(2) == 0, random.Next(4) == 0 ? NullsOrder.Last : null)], _ => [new("a", random.Next(2) == 0)] };
        IReadOnlyList<FieldPath>? select = random.Next(3) switch { 0 => null, _ => [.. s_fields.OrderBy(_ => random.Next()).Take(random.Next(0, 3))] };
        return new(Things) { Where = parts.Count == 0 ? null : Filter.And([.. parts]), Sort = sort, Limit = random.Next(2) == 0 ? null : random.Next(1, 30), Select = select };
    }

    // Mostly near what this round asks for, now and then elsewhere.
    private static Filter Part(Random random, FieldPath field, int around)
    {
        var value = random.Next(8) == 0 ? random.Next(10) : (around + random.Next(2)) % 6;
        return random.Next(5) switch
        {
            0 => new RangeFilter(field, value, value + random.Next(3), (RangeBounds)random.Next(4)),
            1 => new InFilter(field, [value, (value + 1) % 6], Negated: false),
            2 => Filter.Or(Filter.Eq(field, value), Filter.Eq("b", around % 6)),
            _ => Filter.Eq(field, value),
        };
    }

    private void CheckPages(ScanRequest request, EngineSnapshot? snapshot, int pageSize)
    {
        using var held = snapshot is null ? Engine.TakeSnapshot() : null;
        var whole = Read(request with { Limit = pageSize * 4 }, snapshot ?? held!, out _);
        var pages = new List<string>();
        var after = ReadOnlyMemory<byte>.Empty;
        for (var page = 0; page < 4; page++)
        {
            var read = Read(request with { Limit = pageSize, After = after }, snapshot ?? held!, out var last);
            pages.AddRange(read);
            if (read.Count < pageSize) break;
            after = last;
        }

        Assert.Equal(whole, pages);
    }

    private List<string> Read(ScanRequest request, EngineSnapshot snapshot, out byte[] last)
    {
        using var stream = Engine.Scan(request, snapshot);
        var documents = new List<string>();
        last = [];
        while (stream.MoveNext())
        {
            documents.Add(Text(stream.Decode()));
            last = stream.OrderKey.ToArray();
        }

        return documents;
    }
}
