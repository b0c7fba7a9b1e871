// The promise that everything else rests on: the same answer with and without an index, always, in the same order.
// A random history of writes, deletes, flushes, compactions, index definitions and half-built indexes runs over a
// real engine; random requests are then answered at present and old snapshots, and compared with the naive model.
// The index that a request goes through is forced by making indexes look free, so that the test does not depend on
// what the planner would choose.

using System.Collections.Concurrent;
using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Querying;

public sealed class IndexedReadsTests
{
    private const int RoundsMax = 20;
    private static readonly string[] Indexable = ["a", "b", "c", "d", "a[]", "b[]", "c[]", "a.b", "d[0]", "a+b", "b+a", "c+a.b+d", "b+c"];

    private static Gen<Step> Steps { get; } = Gen.Frequency(
        (20, Gen.Select(Gen.Int[0, 40], ValueGenerators.Document, (id, document) => (Step)new Step.Put(id, document))),
        (5, Gen.Int[0, 40].Select(id => (Step)new Step.Delete(id))),
        (3, Gen.Const((Step)new Step.Flush())),
        (1, Gen.Const((Step)new Step.Compact())),
        (3, Gen.Int[0, Indexable.Length - 1].Select(i => (Step)new Step.Define(Indexable[i]))),
        (2, Gen.Const((Step)new Step.Build())),
        (2, Gen.Const((Step)new Step.Snapshot())),
        (1, Gen.Long[1, 1000].Select(ms => (Step)new Step.Wait(ms))));

    // Any filter, and now and then two questions about fields that have indexes often: few others go through two indexes at once.
    private static Gen<Filter> Filters { get; } = Gen.Frequency(
        (9, FilterGenerators.Filter),
        (1, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], FilterGenerators.Operand, FilterGenerators.Operand, Gen.Bool, (i, j, left, right, isBoth) =>
        {
            Filter[] args = [Filter.Eq("abc"[i].ToString(), left), Filter.Eq("abc"[j].ToString(), right)];
            return isBoth ? (Filter)new AndFilter(args) : new OrFilter(args);
        })));

    private static Gen<ScanRequest> Requests { get; } = Gen.Select(Filters, FilterGenerators.Sort, Gen.Int[0, 60], Gen.Bool, (where, sort, limit, filtered) =>
        new ScanRequest(new(1)) { Where = filtered ? where : null, Sort = sort, Limit = limit > 40 ? null : limit });

    private abstract record Step
    {
        internal sealed record Put(int Id, Document Document) : Step;

        internal sealed record Delete(int Id) : Step;

        internal sealed record Flush : Step;

        internal sealed record Compact : Step;

        internal sealed record Define(string Path) : Step;

        internal sealed record Build : Step;

        internal sealed record Snapshot : Step;

        internal sealed record Wait(long Milliseconds) : Step;
    }

    private readonly ConcurrentDictionary<string, int> _taken = new();

    [Fact]
    public void Indexed_is_unindexed_is_naive()
    {
        // The crowd must go everywhere, or it has proved nothing: rare paths are waited for, not hoped for.
        string[] paths = ["primary scan", "point", "id range", "index range a", "index range a[]", "index order a", "index order a.b", "index range b[]", "empty", "index rows a", "index rows a & b", "index rows a | b"];
        var stories = Gen.Select(Steps.Array[1, 120], Requests.Array[1, 8]);
        for (var round = 0; round < RoundsMax && (round == 0 || !Array.TrueForAll(paths, _taken.ContainsKey)); round++)
            stories.Sample((steps, requests) => Run(steps, requests).GetAwaiter().GetResult(), iter: 400, threads: 2);
        foreach (var path in paths) Assert.True(_taken.ContainsKey(path), $"no request went through {path}; taken: {string.Join(", ", _taken)}");
    }

    private async Task Run(Step[] steps, ScanRequest[] requests)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), Time = time, BackgroundWork = false, Seed = 1, LogSegmentBytesMin = 64 * 1024, Learning = LearningMode.Off, BlockBytes = 512, Costs = new(RowFetched: 0.001, Seek: 0, EntryRead: 0) });
        var collection = engine.Collection("things");
        var snapshots = new List<(EngineSnapshot Snapshot, List<StoredDocument> Documents)>();
        var documents = new SortedDictionary<DocumentId, StoredDocument>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Put put:
                    var id = new DocumentId("k" + put.Id);
                    var written = (await engine.WriteAsync([EngineWrite.Upsert(collection, id, put.Document)]))[0];
                    documents[id] = new(id, written.Version, put.Document);
                    break;
                case Step.Delete delete:
                    await engine.WriteAsync([EngineWrite.Delete(collection, new("k" + delete.Id))]);
                    documents.Remove(new("k" + delete.Id));
                    break;
                case Step.Flush: await engine.FlushAsync(); break;
                case Step.Compact: await engine.CompactAsync(everything: true); break;
                case Step.Define define: engine.DefineIndex(collection, IndexFields.Parse(define.Path), "test"); break;
                case Step.Build: await engine.BuildIndexesAsync(); break;
                case Step.Wait wait: time.Advance(TimeSpan.FromMilliseconds(wait.Milliseconds)); break;
                case Step.Snapshot: snapshots.Add((engine.TakeSnapshot(), [.. documents.Values])); break;
            }
        }

        snapshots.Add((engine.TakeSnapshot(), [.. documents.Values]));
        foreach (var (snapshot, all) in snapshots)
        {
            foreach (var request in requests)
            {
                var here = request with { Collection = collection };
                _taken.AddOrUpdate(Taken(engine.Explain(here, execute: false)["access"].AsString()), 1, (_, count) => count + 1);
                IndexAgreesWithPrimaryChecker.CheckOne(engine, here, all, snapshot);
                CheckPages(engine, here, all, snapshot);
            }

            snapshot.Dispose();
        }
    }

    /// <summary>Of the many ways to put indexes together one name each.</summary>
    private static string Taken(string access)
        => !access.StartsWith("index rows", StringComparison.Ordinal) ? access : access.Contains('&') ? "index rows a & b" : access.Contains('|') ? "index rows a | b" : "index rows a";

    /// <summary>The same documents in pages of three, each resumed from the order key of the last document of the one before.</summary>
    private static void CheckPages(StorageEngine engine, ScanRequest request, List<StoredDocument> all, EngineSnapshot snapshot)
    {
        var expected = all.Where(d => FilterEvaluator.Matches(request.Where, d)).Order(new ScanOrder(request.Sort)).Select(d => d.Id).ToList();
        var paged = new List<DocumentId>();
        byte[] after = [];
        while (true)
        {
            using var page = engine.Scan(request with { Limit = 3, After = after }, snapshot);
            var count = 0;
            for (; page.MoveNext(); count++)
            {
                paged.Add(DocumentId.ReadKey(page.IdKey));
                after = page.OrderKey.ToArray();
            }

            if (count < 3) break;
        }

        Assert.Equal(expected, paged);
    }
}
