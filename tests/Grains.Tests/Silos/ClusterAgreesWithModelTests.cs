// One partition ≡ many, one silo ≡ three: whatever is asked, all pages together are exactly what the plainest reading of the
// semantics gives over the same documents, in the same order, whatever the size of the pages.

using CsCheck;
using IngoDB.Model;
using IngoDB.Tests;

namespace Grains.Tests.Silos;

public sealed class ClusterAgreesWithModelTests(SiloFixture fixture)
{
    private const int Documents = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Scans_of_every_kind_agree_with_the_model(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        var model = await FillAsync(database, collection);
        var scans = Gen.Select(FilterGenerators.Filter, FilterGenerators.Sort, Gen.Int[0, 60], Gen.Int[0, 20], Gen.Bool);
        await scans.SampleAsync(async story =>
        {
            var (where, sort, limit, skip, small) = story;
            var query = new ScanQuery { From = collection, Where = where, Sort = sort, Limit = limit == 0 ? null : limit, Skip = skip };
            var expected = model.Where(d => FilterEvaluator.Matches(where, d)).Order(new ScanOrder(sort)).Skip(skip).Take(query.Limit ?? int.MaxValue);
            Assert.Equal(expected.Select(Text), (await database.QueryAsync(query, small ? 4 << 10 : 0)).Select(Text));
            Assert.Equal(model.Count(d => FilterEvaluator.Matches(where, d)), await database.CountAsync(collection, where));
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_sorted_scan_in_the_smallest_pages_skips_and_repeats_nothing(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        var documents = Enumerable.Range(0, 3_000).Select(i => (new DocumentId($"{i:D4}"), Document.Of(("group", i % 7), ("text", new string('x', i % 50))))).ToList();
        await database.UpsertAsync(collection, documents);
        var query = new ScanQuery { From = collection, Sort = [new("group", Descending: true)], Select = [FieldPath.Parse("group")] };
        var found = await database.QueryAsync(query, pageBytes: 4 << 10);
        Assert.Equal(documents.OrderByDescending(d => d.Item2["group"]).ThenBy(d => d.Item1).Select(d => d.Item1), found.Select(d => d.Id));
        Assert.All(found, d => Assert.Single(d.Fields));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Gets_come_in_the_order_of_the_ids_and_leave_out_what_is_not_there(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 50).Select(i => (new DocumentId($"{i}"), Document.Of(("n", i), ("m", -i)))));
        var ids = new DocumentId[] { new("7"), new("none"), new("3"), new("49"), new(Guid.Empty), new("7") };
        Assert.Equal([7, 3, 49, 7], (await database.GetAsync(collection, ids)).Select(d => d["n"].AsInt64()));

        var projected = await database.QueryAsync(new ScanQuery { From = collection, Where = Filter.In("_id", "7", "3") });
        Assert.Equal(["3", "7"], projected.Select(d => d.Id.Text));
        var get = await database.PageAsync(new GetQuery { From = collection, Ids = ids, Select = [FieldPath.Parse("m")] });
        Assert.Equal([-7, -3, -49, -7], DocumentPageReader.DecodeAll(get.Page).Select(d => d.Fields is { Count: 1 } f ? f["m"].AsInt64() : 1));
    }

    private static async Task<List<StoredDocument>> FillAsync(TestDatabase database, string collection)
    {
        var generated = Gen.Select(ValueGenerators.Id, ValueGenerators.Document).Array[Documents].Single(_ => true, "0000KuxHBAp1");
        var documents = generated.DistinctBy(d => d.Item1).Select(d => (d.Item1, d.Item2.Without(FieldNames.Expires))).ToList();
        await database.UpsertAsync(collection, documents);
        var stored = await database.QueryAsync(new ScanQuery { From = collection });
        Assert.Equal(documents.OrderBy(d => d.Item1).Select(d => (d.Item1, DocumentJson.ToJson(d.Item2))), stored.Select(d => (d.Id, DocumentJson.ToJson(d.Fields))));
        return stored;
    }

    private static string Text(StoredDocument document) => DocumentJson.ToJson(document);
}
