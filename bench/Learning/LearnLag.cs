using System.Diagnostics;
using System.Globalization;
using IngoDB.Engine;
using IngoDB.Engine.Events;

namespace IngoDB.LearningBench;

/// <param name="Phases">Events between the query and the index, with milliseconds.</param>
internal sealed record LagResult(double Milliseconds, string Phases);

/// <summary>How long after the query that paid for it an index is ready, on an engine as users have it: real clock, real threads.</summary>
internal static class LearnLag
{
    /// <summary>For the advisor and the build: whoever paid is the last query before the index comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2_000);

    public static async Task<LagResult?> MeasureAsync(Workload workload, string folder, bool columns)
    {
        if (workload.Steps.OfType<Step.Ask>().First() is not { } ask) return null;
        await using var engine = await StorageEngine.OpenAsync(folder, new() { Durability = Durability.Buffered, Columns = columns });
        var things = engine.Collection(ask.Collection);
        for (var from = 0; from < workload.Documents; from += 1_000)
            await engine.WriteAsync([.. Enumerable.Range(from, Math.Min(1_000, workload.Documents - from)).Select(i => EngineWrite.Upsert(things, new(Things.Id(i)), Things.Document(i, workload.Documents)))]);
        await engine.SettleAsync();

        var ready = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var phases = new List<(string What, long At)>();
        engine.Events.Raised += e =>
        {
            lock (phases) phases.Add((e.GetType().Name, Stopwatch.GetTimestamp()));
            if (e is IndexReady) ready.TrySetResult(Stopwatch.GetTimestamp());
        };
        for (var run = 0; run < 50; run++)
        {
            using (var stream = ask.Walk is { } walk ? engine.Query(walk) : engine.Scan(ask.Scan! with { Collection = things }))
                while (stream.MoveNext()) continue;
            var (ended, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            try
            {
                var at = await ready.Task.WaitAsync(Patience);
                var used = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
                lock (phases)
                    return new(Math.Max(0, Stopwatch.GetElapsedTime(ended, at).TotalMilliseconds), string.Join(", ", phases.Where(phase => phase.At > ended).Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.What} {Stopwatch.GetElapsedTime(ended, phase.At).TotalMilliseconds:0.0}"))) + string.Create(CultureInfo.InvariantCulture, $"; {used:0.0} ms of processor"));
            }
            catch (TimeoutException)
            {
                // This query has not paid for it yet; the next one may.
            }
        }

        return null;
    }
}
