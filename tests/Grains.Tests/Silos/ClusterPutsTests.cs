// Batches that only put documents go a straighter way than others, on the silo that has their partitions. Nobody may notice: random
// batches, some of puts alone and some of everything, against the plainest model, on one silo and on three.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Silos;

public sealed class ClusterPutsTests(SiloFixture fixture)
{
    private const int Ids = 150;
    private const int Batches = 80;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    public async Task Batches_of_every_kind_agree_with_the_model(int silos, int seed)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        var random = new Random(seed);
        var model = new Dictionary<DocumentId, (int Number, ulong Version)>();
        for (var batch = 0; batch < Batches; batch++)
        {
            var writes = Enumerable.Range(0, random.Next(1, 60)).Select(_ => (Kind: KindOf(random, batch), Id: IdOf(random.Next(Ids)), Number: random.Next(1000))).ToList();
            var reply = await database.WriteAsync(collection, page =>
            {
                foreach (var (kind, id, number) in writes)
                {
                    if (kind == WriteKind.Delete) page.AddDelete(id);
                    else page.Add(kind, id, FieldsOf(number));
                }
            });
            Assert.Equal(writes.Count, reply.Outcomes.Length);
            foreach (var (write, outcome) in writes.Zip(reply.Outcomes)) Apply(model, write.Kind, write.Id, write.Number, outcome);
        }

        var found = await database.GetAsync(collection, [.. Enumerable.Range(0, Ids).Select(IdOf)]);
        Assert.Equal(
            Enumerable.Range(0, Ids).Select(IdOf).Where(model.ContainsKey).Select(id => (id, FieldsOf(model[id].Number), model[id].Version)),
            found.Select(d => (d.Id, d.Fields, d.Version.Raw)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_document_that_cannot_be_is_refused_with_its_partition_and_the_others_are_written(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        await database.UpsertAsync(collection, [(new("before"), Document.Empty)]);
        var reply = await database.WriteAsync(collection, page =>
        {
            for (var i = 0; i < 200; i++) page.Add(WriteKind.Upsert, new($"{i}"), i == 77 ? Document.Of(("_expires", "soon")) : Document.Of(("n", i)));
        });
        Assert.Equal("document.bad_expires", reply.Outcomes[77].ErrorCode);
        Assert.InRange(reply.Outcomes.Count(o => o.ErrorCode is null), 100, 199);
        for (var i = 0; i < 200; i++) Assert.Equal(reply.Outcomes[i].ErrorCode is null ? 1 : 0, (await database.GetAsync(collection, new DocumentId($"{i}"))).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_brief_reply_has_outcomes_only_when_something_was_not_applied(int silos)
    {
        var database = await fixture.OfAsync(silos);
        var collection = TestDatabase.NewCollection();
        Assert.Empty((await BriefAsync(WriteKind.Upsert)).Outcomes);
        Assert.Empty((await BriefAsync(WriteKind.Upsert)).Outcomes);
        Assert.Equal(100, await database.CountAsync(collection));
        Assert.Equal(Enumerable.Repeat("document.exists", 100), (await BriefAsync(WriteKind.Insert)).Outcomes.Select(o => o.ErrorCode));

        async Task<WriteReply> BriefAsync(WriteKind kind)
        {
            var page = new WritePageWriter();
            for (var i = 0; i < 100; i++) page.Add(kind, new($"{i}"), Document.Of(("n", i)));
            var reply = await database.Coordinator.WriteAsync(new() { Collection = collection, Page = page.Finish(), Brief = true }, TestContext.Current.CancellationToken);
            Assert.Null(reply.Fault);
            return reply;
        }
    }

    private static void Apply(Dictionary<DocumentId, (int Number, ulong Version)> model, WriteKind kind, DocumentId id, int number, WriteOutcome outcome)
    {
        var exists = model.TryGetValue(id, out var before);
        var expected = kind switch
        {
            WriteKind.Upsert => WriteStatus.Upserted,
            WriteKind.Insert => exists ? WriteStatus.Refused : WriteStatus.Inserted,
            _ => exists ? WriteStatus.Deleted : WriteStatus.NotFound,
        };
        Assert.Equal(expected, (WriteStatus)outcome.Status);
        if (expected is WriteStatus.Upserted or WriteStatus.Inserted)
        {
            Assert.True(outcome.Version > before.Version);
            model[id] = (number, outcome.Version);
        }
        else if (expected is WriteStatus.Deleted) model.Remove(id);
    }

    /// <summary>Three of four batches are of puts alone.</summary>
    private static WriteKind KindOf(Random random, int batch)
        => batch % 4 != 0 ? WriteKind.Upsert : random.Next(3) switch { 0 => WriteKind.Insert, 1 => WriteKind.Delete, _ => WriteKind.Upsert };

    private static Document FieldsOf(int number) => number % 3 == 0 ? Document.Of(("n", number), ("text", $"{number}")) : Document.Of(("n", number));

    private static DocumentId IdOf(int i) => i % 2 == 0 ? new($"{i:D3}") : new(new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));
}
