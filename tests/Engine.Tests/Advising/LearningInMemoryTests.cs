// A database that fits into its memtables is still one that learns: an index takes what lies in memory along, and
// what is written afterwards does not make it slow for ever.

using IngoDB.Engine;
using IngoDB.Engine.Events;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Advising;

public sealed class LearningInMemoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_index_takes_along_what_lies_in_memory_and_again_what_is_written_later()
    {
        await using var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), Seed = 1, Columns = false }); // a column would spare the index
        var things = engine.Collection("things");
        var request = new Engine.Querying.ScanRequest(things) { Where = Filter.Eq("shelf", 7) };
        await Fill(0);

        var flushed = NextFlush(engine);
        for (var run = 0; run < 2; run++) Examined();
        await flushed.WaitAsync(Patience);
        await engine.SettleAsync();
        Assert.Equal(5, Examined());

        await Fill(1);
        flushed = NextFlush(engine);
        Assert.InRange(Examined(), 5_000, 5_010);
        for (var run = 0; run < 10 && !flushed.IsCompleted; run++) Examined();
        await flushed.WaitAsync(Patience);
        await engine.SettleAsync();
        Assert.InRange(Examined(), 5, 10);

        long Examined()
        {
            using var stream = engine.Scan(request);
            Assert.Equal(5, stream.ToList().Count);
            return stream.Work.DocumentsExamined;
        }

        async Task Fill(int round)
            => await engine.WriteAsync([.. Enumerable.Range(0, 5_000).Select(i => EngineWrite.Upsert(things, new($"k{i:D5}"), Document.Of(("shelf", i % 1_000), ("round", round))))]);
    }

    private static Task NextFlush(StorageEngine engine)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Events.Raised += e =>
        {
            if (e is FlushEnded) flushed.TrySetResult();
        };
        return flushed.Task;
    }
}
