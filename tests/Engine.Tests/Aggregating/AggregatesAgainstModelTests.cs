// Any aggregate over any documents is what the naive model says, to the type of each number: from rows in memtables and tables,
// through indexes, from columns, in one engine or in several whose groups are merged, and with so little memory that every group is spilled.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Aggregating;

public sealed class AggregatesAgainstModelTests
{
    private static Gen<(int, Document)[]> Documents { get; } = Gen.Select(Gen.Int[0, 200], ValueGenerators.Document).Array[0, 250];

    private int _spilled;

    [Theory]
    [InlineData(64L << 20)]
    [InlineData(2L << 10)]
    public void One_engine_gives_what_the_model_gives(long memoryBytes)
    {
        Gen.Select(Documents, AggregateGenerators.Of("things").Array[1, 6], Gen.Int[0, 3]).Sample(story => RunAsync(story.Item1, story.Item2, engines: 1, layout: story.Item3, memoryBytes).GetAwaiter().GetResult(), iter: 150, threads: 2);
        Assert.Equal(memoryBytes < 1L << 20, _spilled > 0);
    }

    [Fact]
    public void Groups_of_many_engines_are_merged_to_the_same_results()
        => Gen.Select(Documents, AggregateGenerators.Of("things").Array[1, 4], Gen.Int[0, 3]).Sample(story => RunAsync(story.Item1, story.Item2, engines: 5, layout: story.Item3, memoryBytes: 64L << 20).GetAwaiter().GetResult(), iter: 80, threads: 2);

    /// <param name="layout">0 all in the memtable, 1 flushed in the middle, 2 flushed and indexed, 3 compacted.</param>
    private async Task RunAsync((int Id, Document Document)[] documents, AggregateQuery[] queries, int engines, int layout, long memoryBytes)
    {
        var open = new List<StorageEngine>();
        var files = new SimulatedFileSystem();
        for (var i = 0; i < engines; i++)
            open.Add(await StorageEngine.OpenAsync($"/db{i}", new() { Files = files, Time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)), BackgroundWork = false, Seed = 1, Learning = LearningMode.Off, LogSegmentBytesMin = 64 * 1024, AggregateMemoryBytes = memoryBytes, ColumnRowsMin = 1 }));
        var model = new Dictionary<DocumentId, StoredDocument>();
        var collections = open.ConvertAll(engine => engine.Collection("things"));
        for (var i = 0; i < documents.Length; i++)
        {
            var id = new DocumentId($"k{documents[i].Id}");
            var owner = documents[i].Id % engines;
            var written = (await open[owner].WriteAsync([EngineWrite.Upsert(collections[owner], id, documents[i].Document)]))[0];
            model[id] = new(id, written.Version, documents[i].Document);
            if (layout > 0 && i == documents.Length * 2 / 3) await ArrangeAsync(open, collections, layout);
        }

        if (layout == 3) await ArrangeAsync(open, collections, layout);
        var spill = new SpillFolder(files, "/spill", memoryBytes);
        foreach (var query in queries)
        {
            var expected = ReferenceAggregate.Of(model.Values, query).ConvertAll(result => ReferenceAggregate.Exact(result.Fields));
            Assert.Equal(expected, Answer(open, collections, query, spill));
        }

        Interlocked.Add(ref _spilled, open.Sum(engine => (int)engine.SpilledRuns));
        Assert.DoesNotContain(files.ListFiles("/db0"), name => name.EndsWith(".spill", StringComparison.Ordinal));
        foreach (var engine in open) await engine.DisposeAsync();
    }

    private static async Task ArrangeAsync(List<StorageEngine> engines, List<CollectionId> collections, int layout)
    {
        for (var i = 0; i < engines.Count; i++)
        {
            if (layout == 2)
                foreach (var path in (string[])["a", "b", "a[]", "a.b"]) engines[i].DefineIndex(collections[i], path, "test");
            await engines[i].FlushAsync();
            if (layout == 3) await engines[i].CompactAsync(everything: true);
            if (layout == 2) await engines[i].BuildIndexesAsync();
        }
    }

    private static List<string> Answer(List<StorageEngine> engines, List<CollectionId> collections, AggregateQuery query, SpillFolder spill)
    {
        if (engines.Count == 1)
        {
            using var stream = engines[0].Query(query);
            return stream.ToList().ConvertAll(result => ReferenceAggregate.Exact(result.Fields));
        }

        using var merge = new AggregateMerge(query, spill);
        var records = new List<(byte[] Key, byte[] State)>();
        for (var i = 0; i < engines.Count; i++)
        {
            using var groups = engines[i].PartialGroups(collections[i], query);
            while (groups.MoveNext()) records.Add((groups.OrderKey.ToArray(), groups.Row.ToArray()));
        }

        records.Sort((x, y) => x.Key.AsSpan().SequenceCompareTo(y.Key));
        var results = records.Select(record => merge.Add(record.Key, record.State)).OfType<StoredDocument>().ToList();
        results.AddRange(merge.Finish());
        return results.Take(query.Limit ?? int.MaxValue).Select(result => ReferenceAggregate.Exact(result.Fields)).ToList();
    }
}
