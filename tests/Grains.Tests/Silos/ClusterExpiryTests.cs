// Documents that end while somebody reads: the present loses them at once, in every way of asking; a snapshot from before, and the
// pages of a scan that began before, keep them.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterExpiryTests(SiloFixture fixture)
{
    private const int Documents = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_ends_while_it_is_read_is_gone_now_and_there_for_those_who_began_before(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, Documents).Select(i => (Id(i), Of(i))));
        var token = (await database.AdminAsync("snapshot.take"))["snapshot"].AsString();
        var scan = new ScanQuery { From = collection, Sort = [new("n", Descending: true)] };
        var first = await database.PageAsync(scan, pageBytes: 4 << 10);

        // They end now: nothing has to be waited for.
        var end = TimeProvider.System.GetUtcNow();
        await database.UpsertAsync(collection, Enumerable.Range(0, Documents).Where(i => i % 2 == 0).Select(i => (Id(i), Of(i).With(FieldNames.Expires, Value.From(end)))));
        foreach (var isFlushed in (bool[])[false, true])
        {
            if (isFlushed) await database.AdminAsync("database.flush");
            await CheckAsync(at: null, Documents / 2);
            await CheckAsync(token, Documents);
        }

        var rest = await database.QueryAsync(scan with { Cursor = first.Cursor }, pageBytes: 4 << 10);
        Assert.Equal(Enumerable.Range(0, Documents).Reverse(), DocumentPageReader.DecodeAll(first.Page).Concat(rest).Select(d => (int)d["n"].AsInt64()));
        var deleted = (await database.WriteAsync(collection, page => page.AddDelete(Id(0)))).Outcomes[0];
        Assert.Equal(WriteStatus.NotFound, (WriteStatus)deleted.Status);
        await database.AdminAsync("snapshot.release", Document.Of(("snapshot", token)));

        async Task CheckAsync(string? at, int there)
        {
            Assert.Equal(there, await database.CountAsync(collection, at: at));
            Assert.Equal(there, (await database.QueryAsync(scan with { At = at })).Count);
            Assert.Equal(there == Documents, (await database.QueryAsync(new ScanQuery { From = collection, At = at, Where = Filter.Eq("_id", Id(2).Text) })).Count == 1);
            Assert.Equal(there == Documents ? 3 : 1, (await database.QueryAsync(new GetQuery { From = collection, At = at, Ids = [Id(2), Id(3), Id(4)] })).Count);
            var groups = await database.QueryAsync(new AggregateQuery { From = collection, At = at, By = ["parity"], Compute = [new("rows", new(AccumulatorFunction.Count))] });
            Assert.Equal(there / (Documents / 2), groups.Count);
            var walk = new TraverseQuery { From = collection, At = at, Start = Filter.Eq("n", 1), Hops = [new Hop("next", new(collection, "_id")) { Max = 4 }] };
            Assert.Equal(there == Documents ? 4 : 0, (await database.QueryAsync(walk)).Count);
        }
    }

    [Fact]
    public async Task A_filter_that_names_ids_is_asked_in_their_partitions_only()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, Documents).Select(i => (Id(i), Of(i))));
        Assert.Equal(2, (await database.QueryAsync(new ScanQuery { From = collection, Where = Filter.And(Filter.In("_id", Id(5).Text, Id(7).Text), Filter.Gte("n", 0)), Sort = [new("n")] })).Count);

        // Every partition counts the scans it was asked for.
        var patterns = (await database.AdminAsync("patterns.list", Document.Of(("collection", collection))))["patterns"].AsArray().ToArray().Select(pattern => pattern.AsDocument());
        Assert.InRange(patterns.Where(pattern => pattern["shape"].AsString().StartsWith("scan", StringComparison.Ordinal)).Sum(pattern => pattern["executions"].AsInt64()), 1, 2);
    }

    private static DocumentId Id(int i) => new($"d{i:D4}");

    private static Document Of(int i) => Document.Of(("n", i), ("parity", i % 2), ("next", Id((i + 1) % Documents).Text), ("padding", new string('p', 40)));
}
