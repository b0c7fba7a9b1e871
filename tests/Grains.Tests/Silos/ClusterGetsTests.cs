// A get of many ids is the same many gets: in the order asked, an id asked twice found twice, an absent or deleted one left out;
// on the silo that has all partitions (which answers by itself), and on three (which ask one another).

using CsCheck;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterGetsTests(SiloFixture fixture)
{
    private const int Ids = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Many_gets_in_one_call_agree_with_the_model(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        var model = Enumerable.Range(0, Ids).Where(i => i % 3 != 0).ToDictionary(IdOf, FieldsOf);
        await database.UpsertAsync(collection, model.Select(d => (d.Key, d.Value)));
        await database.WriteAsync(collection, page =>
        {
            for (var i = 1; i < Ids; i += 6) page.AddDelete(IdOf(i));
        });
        for (var i = 1; i < Ids; i += 6) model.Remove(IdOf(i));

        await Gen.Int[0, Ids - 1].Array[1, 300].SampleAsync(async numbers =>
        {
            var ids = numbers.Select(IdOf).ToArray();
            var found = await database.GetAsync(collection, ids);
            Assert.Equal(ids.Where(model.ContainsKey).Select(id => (id, model[id])), found.Select(d => (d.Id, d.Fields)));
            var one = await database.GetAsync(collection, ids[0]);
            Assert.Equal(model.TryGetValue(ids[0], out var fields) ? [fields] : [], one.Select(d => d.Fields));
        }, iter: 100, threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_acknowledged_write_is_what_the_next_get_reads(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var i = 0; i < 100; i++)
            {
                await database.UpsertAsync(collection, [(IdOf(writer), Document.Of(("n", i)))]);
                Assert.Equal(i, Assert.Single(await database.GetAsync(collection, IdOf(writer)))["n"].AsInt64());
            }
        }));
    }

    [Fact]
    public async Task Ids_that_are_none_are_refused()
    {
        var coordinator = (await fixture.OfAsync(1)).Coordinator;
        var collection = TestDatabase.NewCollection();
        await (await fixture.OfAsync(1)).UpsertAsync(collection, [(new("a"), Document.Empty)]);
        foreach (var ids in (byte[][])[[0], [1], [5, 7], [2, 7], [2, 9, 1], [0x80]])
        {
            var reply = await coordinator.GetAsync(new() { Collection = collection, Ids = ids }, TestContext.Current.CancellationToken);
            Assert.Equal("get.bad_ids", reply.Fault?.Code);
        }
    }

    /// <summary>Uuids, strings, and strings of which only a tag is hashed.</summary>
    private static DocumentId IdOf(int i) => (i % 4) switch
    {
        0 => new(new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        1 => new($"{i}"),
        2 => new($"{{tag-{i % 7}}}/{i}"),
        _ => new(new string('x', 200) + i),
    };

    private static Document FieldsOf(int i) => i % 5 == 0 ? Document.Of(("n", i), ("more", $"text {i}")) : Document.Of(("n", i));
}
