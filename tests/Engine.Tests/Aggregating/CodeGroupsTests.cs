// What codes tell is not read from rows, and is the same: groups, counts, sums and extremes of columns of every kind (few values,
// cents, large and unique integers, times, strings, mixed types, sometimes missing), with rows hidden by what is newer.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Aggregating;

public sealed class CodeGroupsTests : EngineFixture
{
    private const int Rows = 5_000;

    private static readonly string[] Numbers = ["few", "cents", "unique", "large", "wide", "mixed", "time", "absent", "money"];

    protected override EngineOptions Options => base.Options with { ColumnRowsMin = 1, Learning = LearningMode.Off, MemtableBytes = 64L << 20 };

    [Fact]
    public async Task Groups_by_codes_are_groups_by_rows()
    {
        await FillAsync(0, Rows);
        await Engine.FlushAsync();
        await CheckAsync();

        // A second table and a memtable hide rows of the first: by other values, and by deletes.
        await FillAsync(Rows - 700, 1_500);
        await Engine.FlushAsync();
        for (var i = 0; i < 300; i++) await Write(EngineWrite.Delete(Things, IdOf(i * 7)));
        await CheckAsync();
    }

    [Fact]
    public async Task What_codes_tell_is_not_read_from_rows()
    {
        await FillAsync(0, Rows);
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        var query = new AggregateQuery { From = "things", Where = Filter.Gt("few", 1), By = ["name"], Compute = [new("n", new(AccumulatorFunction.Count)), new("mean", new(AccumulatorFunction.Avg, "cents")), new("last", new(AccumulatorFunction.Max, "unique"))] };

        var explained = Engine.Explain(Things, query, execute: true);
        Assert.Equal((1, 0), (explained["groups"].AsDocument()["tablesByCodes"].AsInt64(), explained["measured"].AsDocument()["documentsExamined"].AsInt64()));

        // The first value of each group is a matter of rows.
        explained = Engine.Explain(Things, query with { Compute = [.. query.Compute, new("first", new(AccumulatorFunction.First, "cents"))] }, execute: true);
        Assert.Equal(0, explained["groups"].AsDocument()["tablesByCodes"].AsInt64());
        Assert.Contains(Engine.QueryStatistics, shape => shape.Shape.StartsWith("aggregate count(), avg(cents), max(unique) by name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_budget_of_documents_ends_it_with_the_groups_seen_so_far()
    {
        await FillAsync(0, 500);
        using var stream = Engine.Query(new AggregateQuery { From = "things", By = ["name"], Compute = [new("n", new(AccumulatorFunction.Count))], Budget = new(Documents: 40) });
        var groups = stream.ToList();

        Assert.Equal("docs", stream.StoppedBy);
        Assert.Equal(40, groups.Sum(group => group["n"].AsInt64()));
    }

    private async Task CheckAsync()
    {
        using var all = Engine.Scan(new(Things));
        var documents = all.ToList();
        KeyValuePair<string, Accumulator>[] compute = [new("n", new(AccumulatorFunction.Count)), .. Numbers.SelectMany(field => Enum.GetValues<AccumulatorFunction>().Where(function => function != AccumulatorFunction.First).Select(function => KeyValuePair.Create($"{function}-{field}", new Accumulator(function, field))))];
        foreach (var by in (FieldPath[][])[[], ["name"], ["few"], ["name", "few"], ["mixed"], ["absent"], ["cents[]", "name"]])
        {
            foreach (var some in compute.Chunk(40))
            {
                var query = new AggregateQuery { From = "things", By = by, Compute = some, Where = by.Length == 1 ? Filter.Lt("few", 5) : null };
                using var stream = Engine.Query(query);
                Assert.Equal(ReferenceAggregate.Of(documents, query).Select(result => ReferenceAggregate.Exact(result.Fields)), stream.ToList().Select(result => ReferenceAggregate.Exact(result.Fields)));
            }
        }

        await Task.CompletedTask;
    }

    private async Task FillAsync(int first, int count)
    {
        var random = new Random(first + 1);
        foreach (var chunk in Enumerable.Range(first, count).Chunk(1_000))
            await Engine.WriteAsync([.. chunk.Select(i => EngineWrite.Upsert(Things, IdOf(i), DocumentOf(i, random)))]);
    }

    private static DocumentId IdOf(int i) => new($"thing-{i:D6}");

    private static Document DocumentOf(int i, Random random)
    {
        var document = Document.Of(
            ("name", $"name {random.Next(12)}"), ("few", random.Next(8)), ("cents", random.Next(2_000) / 100.0), ("unique", i * 31L), ("large", long.MaxValue - random.Next(5)), ("wide", Math.ScaleB(1 + random.Next(3), random.Next(-900, 900) / 300 * 300)),
            ("money", random.Next(300) / 100m), ("time", DateTimeOffset.UnixEpoch.AddMinutes(random.Next(400))),
            ("mixed", random.Next(9) switch { 0 => Value.Null, 1 => "text", 2 => 2.0, 3 => 2L, 4 => true, 5 => 2.5m, 6 => 0.1m, 7 => ulong.MaxValue, _ => double.NaN }));
        return random.Next(4) == 0 ? document.With("absent", random.Next(3)) : document;
    }
}
