// Writes through the coordinator: results in the order of the writes however many partitions they went to, conditions decided
// where the document is, batches whole or not at all.

using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterWritesTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Results_come_in_the_order_of_the_writes(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, Enumerable.Range(0, 100).Where(i => i % 2 == 0).Select(i => (new DocumentId($"{i}"), Document.Of(("n", i)))));
        var reply = await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 100; i++) page.Add(WriteKind.Insert, new($"{i}"), Document.Of(("n", i)));
        });
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i % 2 == 0 ? "document.exists" : null, reply.Outcomes[i].ErrorCode);
            Assert.Equal(i % 2 == 0 ? WriteStatus.Refused : WriteStatus.Inserted, (WriteStatus)reply.Outcomes[i].Status);
        }

        Assert.Equal(100, await database.CountAsync(collection));
    }

    [Fact]
    public async Task A_version_that_moved_on_is_a_conflict_and_changes_nothing()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        var first = (await database.WriteAsync(collection, page => page.Add(WriteKind.Insert, new("a"), Document.Of(("n", 1))))).Outcomes[0].Version;
        var second = (await database.WriteAsync(collection, page => page.Add(WriteKind.Replace, new("a"), Document.Of(("n", 2)), new(first)))).Outcomes[0].Version;
        Assert.True(second > first);
        var stale = (await database.WriteAsync(collection, page => page.AddDelete(new("a"), new(first)))).Outcomes[0];
        Assert.Equal((byte)WriteStatus.Refused, stale.Status);
        Assert.Equal((2, second), ((await database.GetAsync(collection, new DocumentId("a"))) is [var a] ? (a["n"].AsInt64(), a.Version.Raw) : default));
    }

    [Fact]
    public async Task An_atomic_batch_has_one_version_in_one_partition_and_in_many()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        var reply = await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 10; i++) page.Add(WriteKind.Insert, new($"{{order}}/{i}"), Document.Of(("n", i)));
        }, atomic: true);
        Assert.Single(reply.Outcomes.Select(o => o.Version).Distinct());

        var apart = await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 10; i++) page.Add(WriteKind.Insert, new($"order/{i}"), Document.Of(("n", i)));
        }, atomic: true);
        Assert.Single(apart.Outcomes.Select(o => o.Version).Distinct());
        Assert.All(apart.Outcomes, outcome => Assert.Equal((byte)WriteStatus.Inserted, outcome.Status));
        Assert.Equal(20, await database.CountAsync(collection));
    }

    [Fact]
    public async Task A_patch_is_applied_where_the_document_is()
    {
        var database = await fixture.OfAsync(3);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, [(new("a"), Document.Of(("n", 1), ("list", Value.From(1, 2))))]);
        await database.WriteAsync(collection, page => page.AddPatch(new("a"), [new(PatchOperator.Inc, "n", 4), new(PatchOperator.Push, "list", 3)]));
        var found = Assert.Single(await database.GetAsync(collection, new DocumentId("a")));
        Assert.Equal(Document.Of(("n", 5), ("list", Value.From(1, 2, 3))), found.Fields);
    }
}
