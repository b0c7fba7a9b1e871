using System.Diagnostics;
using IngoDB.Engine;
using IngoDB.Engine.Events;

namespace IngoDB.LearningBench;

/// <summary>How long after the query that paid for it an index is ready, on an engine as users have it: real clock, real threads.</summary>
internal static class LearnLag
{
    /// <summary>For the advisor and the build: whoever paid is the last query before the index comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    public static async Task<double?> MeasureAsync(Workload workload, string folder, bool columns)
    {
        if (workload.Steps.OfType<Step.Ask>().First() is not { } ask) return null;
        await using var engine = await StorageEngine.OpenAsync(folder, new() { Durability = Durability.Buffered, Columns = columns });
        var things = engine.Collection(ask.Collection);
        for (var from = 0; from < workload.Documents; from += 1_000)
            await engine.WriteAsync([.. Enumerable.Range(from, Math.Min(1_000, workload.Documents - from)).Select(i => EngineWrite.Upsert(things, new(Things.Id(i)), Things.Document(i, workload.Documents)))]);
        await engine.SettleAsync();

        var ready = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Events.Raised += e =>
        {
            if (e is IndexReady) ready.TrySetResult(Stopwatch.GetTimestamp());
        };
        for (var run = 0; run < 50; run++)
        {
            using (var stream = ask.Walk is { } walk ? engine.Query(walk) : engine.Scan(ask.Scan! with { Collection = things }))
                while (stream.MoveNext()) continue;
            var ended = Stopwatch.GetTimestamp();
            try
            {
                return Stopwatch.GetElapsedTime(ended, await ready.Task.WaitAsync(Patience)).TotalMilliseconds;
            }
            catch (TimeoutException)
            {
                // This query has not paid for it yet; the next one may.
            }
        }

        return null;
    }
}
