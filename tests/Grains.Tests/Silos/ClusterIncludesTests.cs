// Includes over sixteen partitions, by id and by value, for scans in pages and for gets: what nested loops find.

using IngoDB.Model;
using IngoDB.TestKit;

namespace Grains.Tests.Silos;

public sealed class ClusterIncludesTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Scans_and_gets_attach_what_nested_loops_find(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var (orders, customers) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        await database.UpsertAsync(customers, Enumerable.Range(0, 60).Select(i => (new DocumentId($"c{i:D2}"), Document.Of(("region", i % 7), ("tags", Value.From($"t{i % 5}", $"t{i % 3}"))))));
        await database.UpsertAsync(orders, Enumerable.Range(0, 400).Select(i => (new DocumentId($"o{i:D3}"), Document.Of(("customer", $"c{i % 70:D2}"), ("watchers", Value.From($"c{i % 9:D2}", $"c{i % 11:D2}", 5)), ("tag", $"t{i % 8}"), ("n", i)))));
        var all = new Dictionary<string, List<StoredDocument>> { [customers] = await database.QueryAsync(new ScanQuery { From = customers }), [orders] = await database.QueryAsync(new ScanQuery { From = orders }) };
        Include[] includes =
        [
            new("customer", new(customers, "_id"), "customers"),
            new("watchers", new(customers, "_id"), "watching") { Select = ["region"], Where = Filter.Gt("region", 1) },
            new("tag", new(customers, "tags"), "tagged") { Limit = 3, Select = ["region"] },
        ];

        var scan = new ScanQuery { From = orders, Where = Filter.Lt("n", 300), Sort = [new("tag", Descending: true)], Skip = 5, Limit = 250 };
        var expected = ReferenceInclude.Of(await database.QueryAsync(scan), includes, name => all[name]).ConvertAll(DocumentJson.ToJson);
        Assert.Equal(expected, (await database.QueryAsync(scan with { Include = includes }, pageBytes: 4 << 10)).ConvertAll(DocumentJson.ToJson));

        var projected = await database.QueryAsync(scan with { Include = includes, Select = ["n"] });
        Assert.All(projected, order => Assert.Equal(["n", "customers", "watching", "tagged"], order.Fields.Select(field => field.Key)));
        Assert.Equal(expected.Count, projected.Count);

        var get = new GetQuery { From = orders, Ids = [new("o007"), new("nobody"), new("o003")], Include = includes };
        Assert.Equal(ReferenceInclude.Of([all[orders][7], all[orders][3]], includes, name => all[name]).ConvertAll(DocumentJson.ToJson), (await database.QueryAsync(get)).ConvertAll(DocumentJson.ToJson));
        Assert.Equal("/include/0/to/collection", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.QueryAsync(scan with { Include = [includes[0] with { To = new("nowhere", "x") }] }))).Pointer);
    }
}
