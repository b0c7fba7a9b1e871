// A field inside of documents gets a column when queries were seen to read rows for want of it, in new tables at once and in old ones when there is time; it
// keeps it while it is asked for, over a restart too, and loses it afterwards. Nothing that is answered changes.

using IngoDB.Engine;
using IngoDB.Engine.Events;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Engine.Verification;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Advising;

public sealed class WantedColumnsTests : EngineFixture
{
    private const int Rows = 4_000;

    // Half of all rows: no index would pay.
    private static readonly Filter Half = Filter.Eq("address.city", "Bern");

    private readonly List<string> _events = [];

    [Fact]
    public async Task A_field_in_documents_that_scans_ask_for_gets_a_column_when_it_has_paid_for_it()
    {
        await Fill(0);
        Listen();
        Assert.Equal("primary scan", Ask(Half));
        Assert.Equal(["wanted things/address.city"], _events);
        Assert.Equal(["address.city"], Engine.WantedColumnsOf(Things));
        await Engine.SettleAsync();
        Assert.Equal("column scan", Ask(Half));
        Assert.Equal(Rows / 2, Engine.Count(Things, Half));

        // New tables have it from the start, and nothing is written again without need.
        var tables = Tables();
        await Engine.SettleAsync();
        Assert.Equal(tables, Tables());
        await Fill(Rows);
        Assert.Equal("column scan", Ask(Half));
        Assert.Equal(Rows, Engine.Count(Things, Half));
        Assert.Equal(Enumerable.Range(0, 2 * Rows).Where(i => i % 2 == 0).Select(Id), Scan(Half).Select(document => document.Id.Text));
    }

    [Fact]
    public async Task It_groups_and_sorts_too_and_an_index_over_it_is_built_from_codes()
    {
        await Fill(0);
        Engine.WantColumn(Things, "address.city");
        await Engine.SettleAsync();
        using (var groups = Engine.Query(new AggregateQuery { From = "things", By = ["address.city"], Compute = [new("n", new(AccumulatorFunction.Count))] }))
        {
            Assert.Equal(["Basel: 1000", "Bern: 2000", "null: 1000"], groups.ToList().Select(group => $"{(FieldPath.Parse("address.city").In(group) is { Kind: ValueKind.String } city ? city.AsString() : "null")}: {group["n"].AsInt64()}").Order());
        }

        Engine.DefineIndex(Things, IngoDB.Engine.Entries.IndexFields.Parse("address.city"), "test");
        await Engine.BuildIndexesAsync();
        Assert.Equal(Rows / 4, Engine.Count(Things, Filter.Eq("address.city", "Basel")));
    }

    [Fact]
    public async Task It_is_known_after_a_restart_and_given_up_when_nobody_asks_any_more()
    {
        await Fill(0);
        Ask(Half);
        await Engine.SettleAsync();
        await Reopen();
        Assert.Equal(["address.city"], Engine.WantedColumnsOf(Things));
        Listen();

        Time.Advance(TimeSpan.FromDays(3));
        await Engine.SettleAsync();
        Assert.Equal(["address.city"], Engine.WantedColumnsOf(Things));
        Time.Advance(TimeSpan.FromDays(5));
        await Engine.SettleAsync();
        Assert.Equal(["given up things/address.city"], _events);
        Assert.Equal("column scan", Ask(Half));
        await Engine.CompactAsync(everything: true);
        Assert.Equal(Rows / 2, Engine.Count(Things, Half));
    }

    [Fact]
    public async Task Values_that_no_column_can_have_are_tried_once()
    {
        await Write(EngineWrite.Upsert(Things, new("zzz"), Document.Of(("address", Value.From(Document.Of(("city", Value.From([Value.From("Bern")]))))))));
        await Fill(0);
        Ask(Half);
        Assert.Equal(["address.city"], Engine.WantedColumnsOf(Things));
        await Engine.SettleAsync();
        var tables = Tables();
        await Engine.SettleAsync();
        Assert.Equal(tables, Tables());
        Assert.Equal("primary scan", Ask(Half));
        Assert.Equal(Rows / 2, Engine.Count(Things, Half));
    }

    [Fact]
    public async Task A_field_behind_the_first_ones_of_a_wide_document_gets_its_column_too()
    {
        foreach (var batch in Enumerable.Range(0, Rows).Chunk(500))
            await Engine.WriteAsync([.. batch.Select(i => EngineWrite.Upsert(Things, new(Id(i)), Document.Of([.. Enumerable.Range(0, 80).Select(field => ($"f{field:D2}", Value.From(i % 2)))])))]);
        await Engine.FlushAsync();
        Assert.Equal("primary scan", Ask(Filter.Eq("f70", 1)));
        await Engine.SettleAsync();
        Assert.Equal("column scan", Ask(Filter.Eq("f70", 1)));
        Assert.Equal("primary scan", Ask(Filter.Eq("f71", 1)));
        Assert.Equal(Rows / 2, Engine.Count(Things, Filter.Eq("f70", 1)));
    }

    [Fact]
    public async Task Where_nothing_is_learned_nothing_is_wanted()
    {
        await Fill(0);
        await Engine.DisposeAsync();
        await using var engine = await StorageEngine.OpenAsync(Folder, Options with { Learning = LearningMode.Off });
        using (var stream = engine.Scan(new ScanRequest(Things) { Where = Half }))
            while (stream.MoveNext()) continue;
        Assert.Empty(engine.WantedColumnsOf(Things));
        await engine.DisposeAsync();
        await Open();
        Ask(Half);
        Assert.NotEmpty(Engine.WantedColumnsOf(Things));
    }

    [Fact]
    public void A_column_of_a_name_with_points_is_another_one()
    {
        Assert.NotEqual(IngoDB.Engine.Columns.ColumnName.Of("a.b"), IngoDB.Engine.Columns.ColumnName.Of("[\"a.b\"]"));
        Assert.Equal("a", IngoDB.Engine.Columns.ColumnName.TopOf(IngoDB.Engine.Columns.ColumnName.Of("a.b")!));
        Assert.Equal(FieldPath.Parse("a.b"), IngoDB.Engine.Columns.ColumnName.PathOf(IngoDB.Engine.Columns.ColumnName.Of("a.b")!));
        foreach (var path in (string[])["$.a", "a[]", "a[0]", "_id", "_version", "[\"\0a.b\"]"]) Assert.Null(IngoDB.Engine.Columns.ColumnName.Of(path));
    }

    private static string Id(int i) => $"k{i:D6}";

    private string Ask(Filter where)
    {
        using var stream = Engine.Scan(new ScanRequest(Things) { Where = where });
        while (stream.MoveNext()) continue;
        return stream.Work.AccessPath;
    }

    private void Listen() => Engine.Events.Raised += e =>
    {
        if (e is ColumnWanted wanted) _events.Add($"wanted {wanted.Field}");
        if (e is ColumnGivenUp gone) _events.Add($"given up {gone.Field}");
    };

    private string[] Tables() => [.. Disk.ListFiles(Folder).Where(name => name.EndsWith(".sst", StringComparison.Ordinal)).Order()];

    private async Task Fill(int from)
    {
        foreach (var batch in Enumerable.Range(from, Rows).Chunk(1_000))
            await Engine.WriteAsync([.. batch.Select(i => EngineWrite.Upsert(Things, new(Id(i)), Document.Of(("n", i), ("address", Value.From((i % 4) switch
            {
                1 => Document.Of(("city", "Basel")),
                3 => Document.Of(("street", "Seegasse")),
                _ => Document.Of(("city", "Bern"), ("street", "Seegasse")),
            })))))]);
        await Engine.FlushAsync();
    }
}
