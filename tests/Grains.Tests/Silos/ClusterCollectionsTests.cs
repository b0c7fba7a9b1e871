// Collections in a cluster: made with options, renamed, dropped, made again under the same name, also through a silo that has not
// heard of it; and what they look like.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterCollectionsTests(SiloFixture fixture)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_dropped_collection_is_gone_everywhere_and_its_name_is_new(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var name = TestDatabase.NewCollection();
        await database.UpsertAsync(name, Enumerable.Range(0, 200).Select(i => (new DocumentId($"{i}"), Document.Of(("n", i)))));
        var oldId = await IdOfAsync(database, name);

        var dropped = await database.AdminAsync("collections.drop", Document.Of(("name", name)));
        Assert.True(dropped["dropped"].AsBool());
        Assert.Equal(0, dropped["missingPartitions"].AsArray().Length);
        Assert.Equal("collection.not_found", (await Assert.ThrowsAsync<InvalidRequestException>(() => database.CountAsync(name))).Code);
        Assert.False((await database.AdminAsync("collections.drop", Document.Of(("name", name))))["dropped"].AsBool());

        await database.UpsertAsync(name, [(new("new"), Document.Of(("n", 1)))]);
        Assert.Equal(1, await database.CountAsync(name));
        Assert.Empty(await database.GetAsync(name, new DocumentId("1")));
        Assert.True(await IdOfAsync(database, name) > oldId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_write_that_needs_a_document_does_not_make_the_collection_that_it_names(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var (known, misspelt) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        await database.UpsertAsync(known, [(new("a"), Document.Of(("n", 1)))]);
        var fields = Document.Of(("n", 2));

        var outcomes = (await database.WriteAsync(misspelt, page =>
        {
            for (var i = 0; i < 40; i++) page.AddDelete(new($"{i}"));
            page.Add(WriteKind.Replace, new("a"), fields);
            page.AddPatch(new("a"), [new(PatchOperator.Set, "n", 3)]);
        })).Outcomes;
        Assert.All(outcomes[..40], outcome => Assert.Equal(((byte)WriteStatus.NotFound, (string?)null), (outcome.Status, outcome.ErrorCode)));
        Assert.All(outcomes[40..], outcome => Assert.Equal(((byte)WriteStatus.Refused, "document.missing"), (outcome.Status, outcome.ErrorCode)));
        Assert.All(outcomes, outcome => Assert.Contains("Nearest: ", outcome.ErrorMessage, StringComparison.Ordinal));

        // A batch over several collections is refused with it, or goes on without it.
        async Task<WriteReply> BothAsync(Action<WritePageWriter> fill)
        {
            var (page, more) = (new WritePageWriter(), new WritePageWriter());
            fill(page);
            more.Add(WriteKind.Upsert, new("{a}"), fields);
            var reply = await database.Coordinator.WriteAsync(new() { Collection = misspelt, Page = page.Finish(), Atomic = true, More = [new() { Collection = known, Page = more.Finish() }] }, TestContext.Current.CancellationToken);
            FaultCodec.ThrowIfFault(reply.Fault);
            return reply;
        }

        Assert.Equal(["document.missing", "batch.aborted"], (await BothAsync(page => page.Add(WriteKind.Replace, new("{a}b"), fields))).Outcomes.Select(outcome => outcome.ErrorCode));
        Assert.Empty(await database.GetAsync(known, new DocumentId("{a}")));
        Assert.Equal([WriteStatus.NotFound, WriteStatus.Upserted], (await BothAsync(page => page.AddDelete(new("{a}b")))).Outcomes.Select(outcome => (WriteStatus)outcome.Status));
        Assert.Equal(fields, Assert.Single(await database.GetAsync(known, new DocumentId("{a}"))).Fields);

        Assert.DoesNotContain((await database.AdminAsync("collections.list"))["collections"].AsArray().ToArray(), collection => collection.AsDocument()["name"].AsString() == misspelt);
        await database.WriteAsync(misspelt, page =>
        {
            page.AddDelete(new("a"));
            page.Add(WriteKind.Insert, new("b"), fields);
        });
        Assert.Equal(1, await database.CountAsync(misspelt));
    }

    [Fact]
    public async Task A_renamed_collection_keeps_its_documents_and_the_old_name_is_free()
    {
        var database = await fixture.OfAsync(3);
        var (old, now) = (TestDatabase.NewCollection(), TestDatabase.NewCollection());
        await database.UpsertAsync(old, Enumerable.Range(0, 50).Select(i => (new DocumentId($"{i}"), Document.Of(("n", i)))));

        await database.AdminAsync("collections.rename", Document.Of(("name", old), ("to", now)));

        Assert.Equal(50, await database.CountAsync(now));
        await database.UpsertAsync(old, [(new("a"), Document.Of(("n", 1)))]);
        Assert.Equal((1, 50), (await database.CountAsync(old), await database.CountAsync(now)));
        var taken = await Assert.ThrowsAsync<ConflictException>(() => database.AdminAsync("collections.rename", Document.Of(("name", old), ("to", now))));
        Assert.Equal("collection.exists", taken.Code);
    }

    [Fact]
    public async Task A_collection_is_made_with_options_and_refused_with_bad_ones()
    {
        var database = await fixture.OfAsync(3);
        var name = TestDatabase.NewCollection();
        var made = await database.AdminAsync("collections.create", Document.Of(("name", name), ("ttlSeconds", 3600), ("buffered", true)));
        Assert.Equal((3600, true), (made["ttlSeconds"].AsInt64(), made["buffered"].AsBool()));
        await database.UpsertAsync(name, [(new("a"), Document.Of(("n", 1)))]);
        Assert.Equal(1, await database.CountAsync(name));

        foreach (var (argument, code, pointer) in new (Document, string, string)[]
        {
            (Document.Of(("name", name)), "collection.exists", ""),
            (Document.Of(("name", "a/b")), "query.bad_name", "/name"),
            (Document.Of(("name", "system:x")), "write.reserved_collection", "/name"),
            (Document.Of(("nmae", "x")), "admin.missing_argument", "/name"),
            (Document.Of(("name", name + "-2"), ("ttlSecond", 5)), "admin.unknown_argument", "/ttlSecond"),
            (Document.Of(("name", name + "-2"), ("ttlSeconds", 0)), "collection.bad_options", "/ttlSeconds"),
            (Document.Of(("name", name + "-2"), ("buffered", 1)), "collection.bad_options", "/buffered"),
        })
        {
            var refused = await Assert.ThrowsAnyAsync<IngoDBException>(() => database.AdminAsync("collections.create", argument));
            Assert.Equal((code, pointer), (refused.Code, (refused as InvalidRequestException)?.Pointer ?? ""));
        }

        Assert.DoesNotContain(name + "-2", (await database.AdminAsync("collections.list"))["collections"].AsArray().ToArray().Select(c => c.AsDocument()["name"].AsString()));
    }

    [Fact]
    public async Task Statistics_say_what_documents_look_like()
    {
        var database = await fixture.OfAsync(3);
        var name = TestDatabase.NewCollection();
        await database.UpsertAsync(name, Enumerable.Range(0, 3000).Select(i => (new DocumentId($"{i}"), i % 3 == 0
            ? Document.Of(("n", i), ("city", $"c{i % 10}"), ("nested", Value.From(Document.Of(("x", i)))))
            : Document.Of(("n", (double)i)))));
        await database.AdminAsync("database.flush");
        await database.UpsertAsync(name, [(new("last"), Document.Of(("n", "text")))]);

        var stats = await database.AdminAsync("collections.stats", Document.Of(("name", name)));

        Assert.Equal((3001, 3), (stats["documents"].AsInt64(), stats["shapeCount"].AsInt64() + 1));
        var fields = stats["fields"].AsArray().ToArray().Select(f => f.AsDocument()).ToDictionary(f => f["field"].AsString());
        Assert.Equal(["n", "city", "nested", "nested.x"], fields.Keys);
        Assert.Equal((1000, 2000, 1), (fields["n"]["types"].AsDocument()["int64"].AsInt64(), fields["n"]["types"].AsDocument()["double"].AsInt64(), fields["n"]["types"].AsDocument()["string"].AsInt64()));
        Assert.Equal((Value.From(0), Value.From("text")), (fields["n"]["min"], fields["n"]["max"]));
        Assert.InRange(fields["n"]["distinct"].AsInt64(), 2700, 3300);
        Assert.InRange(fields["city"]["distinct"].AsInt64(), 10, 10);
        Assert.InRange(fields["city"]["presence"].AsDouble(), 0.333, 0.334);
    }

    private static async Task<long> IdOfAsync(TestDatabase database, string name)
        => (await database.AdminAsync("collections.list"))["collections"].AsArray().ToArray().Select(c => c.AsDocument()).Single(c => c["name"].AsString() == name)["id"].AsInt64();
}
