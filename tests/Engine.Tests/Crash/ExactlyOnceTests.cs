// Every request adds one to a counter, so that a request that was applied twice, or not at all, shows in the sum. The power goes at a
// random operation of the disk, in the middle of a write, a flush, a merge or a recovery; then the same request is sent
// again under its number, as a client does that does not know, until it is answered. Some are sent again although they were.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Crash;

public sealed class ExactlyOnceTests
{
    private const int Lives = 150;
    private const int DeathsPerLife = 6;
    private const int Documents = 600;
    private static readonly Guid Session = new("bbbb2222-3333-4444-5555-666677770000");

    [Fact]
    public async Task A_request_is_applied_once_at_900_crash_points()
    {
        for (var seed = 0; seed < Lives; seed++) await LiveAsync(seed);
    }

    private static async Task LiveAsync(int seed)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        var life = new CountingLife(Session);
        for (var death = 0; death < DeathsPerLife; death++)
        {
            files.CrashAfter(files.MutatingOperations + 1 + random.Next(random.Next(2) == 0 ? 30 : 300));
            try
            {
                await life.RunAsync(files, random);
            }
            catch (Exception) when (files.HasCrashed)
            {
                // However the engine says it: the power is gone.
            }

            files = random.Next(3) == 0 ? files.ProcessCrashClone() : files.CrashClone(random);
        }

        await life.CheckAsync(files, $"seed {seed}");
    }

    /// <summary>A client that counts, over any number of engines.</summary>
    private sealed class CountingLife(Guid session)
    {
        private const int Counters = 7;
        private long _sequence = 1;
        private long _rounds;
        private int _filled;

        public async Task RunAsync(SimulatedFileSystem files, Random random)
        {
            await using var opened = new Opened(await OpenAsync(files), files);
            var engine = opened.Engine;
            var counters = engine.Collection("counters");
            for (; _filled < Documents; _filled += 100)
                await engine.WriteAsync([.. Enumerable.Range(_filled, 100).Select(i => EngineWrite.Upsert(counters, new($"r{i:D4}"), Document.Of(("r", 0))))]);
            while (true)
            {
                await AnswerAsync(engine, counters, _sequence);
                if (random.Next(3) == 0) await AnswerAsync(engine, counters, _sequence);
                if (_sequence % 11 == 0) _rounds++;
                _sequence++;
                if (random.Next(12) == 0) await engine.FlushAsync();
                if (random.Next(30) == 0) await engine.CompactAsync(everything: true);
            }
        }

        public async Task CheckAsync(SimulatedFileSystem files, string what)
        {
            await using var engine = await OpenAsync(files);
            var counters = engine.Collection("counters");
            if (_filled < Documents) return;
            await AnswerAsync(engine, counters, _sequence);
            if (_sequence % 11 == 0) _rounds++;
            var sum = Enumerable.Range(0, Counters).Sum(i => engine.Get(counters, new($"c{i}"))?["n"].AsInt64() ?? 0);
            Assert.True(_sequence - _rounds == sum, $"{what}: {_sequence - _rounds} requests added to {sum}");
            Assert.True(Documents == engine.Count(counters, Filter.Eq("r", _rounds)), $"{what}: {engine.Count(counters, Filter.Eq("r", _rounds))} of {Documents} documents were written in each of {_rounds} rounds");
        }

        /// <summary>Mostly one counter; every eleventh request is a write by filter over all the others, in several steps.</summary>
        private async Task AnswerAsync(StorageEngine engine, CollectionId counters, long sequence)
        {
            var key = new RequestKey(session, sequence, (ulong)sequence);
            if (sequence % 11 == 0)
            {
                var result = await engine.WriteWhereAsync(counters, new UpdateWhereWrite { Into = "counters", Where = Filter.Exists("r"), Steps = [new(PatchOperator.Inc, "r", 1)] }, key);
                Assert.Equal(Documents, result.Modified);
                return;
            }

            var id = new DocumentId($"c{sequence % Counters}");
            var results = await engine.WriteOnceAsync(key, [
                EngineWrite.Of(WriteKind.UpsertIfMissing, counters, id, Document.Of(("n", 0))),
                new(WriteKind.Patch, counters, id) { Steps = [new(PatchOperator.Inc, "n", 1)] }], atomic: sequence % 2 == 0);
            Assert.Equal(WriteStatus.Replaced, results[1].Status);
        }

        private static Task<StorageEngine> OpenAsync(SimulatedFileSystem files) => StorageEngine.OpenAsync("/data", new EngineOptions
        {
            Files = files, Seed = 1, BackgroundWork = false, MemtableBytes = 16 * 1024, TableBytesMax = 32 * 1024, BlockBytes = 1024, BlockCacheBytes = 256 * 1024,
            LogSegmentBytesMin = 4 * 1024, LogSegmentBytesMax = 16 * 1024, Learning = LearningMode.Off,
        });
    }

    /// <summary>Closes an engine whose disk may be gone.</summary>
    private sealed class Opened(StorageEngine engine, SimulatedFileSystem files) : IAsyncDisposable
    {
        public StorageEngine Engine { get; } = engine;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await Engine.DisposeAsync();
            }
            catch (Exception e) when (files.HasCrashed || e is IngoDBException)
            {
                // Closing can not tell more than the next opening.
            }
        }
    }
}
