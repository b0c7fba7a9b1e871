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
    private const int AsksMax = 500;

    /// <summary>For the advisor, between two queries. Who paid is the last query that had ended when the index was decided.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>For a build that was decided.</summary>
    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(1);

    public static async Task<LagResult?> MeasureAsync(Workload workload, string folder, bool columns)
    {
        await using var engine = await StorageEngine.OpenAsync(folder, new() { Durability = Durability.Buffered, Columns = columns });
        foreach (var collection in workload.Collections) await FillAsync(engine, collection, workload.Documents);
        await engine.SettleAsync();

        var (decided, ready) = (new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        var phases = new List<(string What, long At)>();
        engine.Events.Raised += e =>
        {
            lock (phases) phases.Add((e is IndexDefined or IndexReady ? $"{e.GetType().Name} {(e as IndexDefined)?.Index ?? ((IndexReady)e).Index}" : e.GetType().Name, Stopwatch.GetTimestamp()));
            if (e is IndexDefined defined) decided.TrySetResult(defined.Index);
            if (e is IndexReady built && decided.Task is { IsCompletedSuccessfully: true, Result: var index } && index == built.Index) ready.TrySetResult(Stopwatch.GetTimestamp());
        };
        var ended = Stopwatch.GetTimestamp();
        foreach (var ask in workload.Steps.OfType<Step.Ask>().Take(AsksMax))
        {
            using (var stream = ask.Walk is { } walk ? engine.Query(walk) : engine.Scan(ask.Scan! with { Collection = engine.Collection(ask.Collection) }))
                while (stream.MoveNext()) continue;
            if (!decided.Task.IsCompleted) ended = Stopwatch.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            if (!await IsDecidedAsync(decided.Task)) continue;
            var at = await ready.Task.WaitAsync(BuildTime);
            var used = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
            lock (phases)
                return new(Stopwatch.GetElapsedTime(ended, at).TotalMilliseconds, string.Join(", ", phases.Where(phase => phase.At > ended).Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.What} {Stopwatch.GetElapsedTime(ended, phase.At).TotalMilliseconds:0.0}"))) + string.Create(CultureInfo.InvariantCulture, $"; {used:0.0} ms of processor"));
        }

        return null;
    }

    private static async Task<bool> IsDecidedAsync(Task decided)
    {
        try
        {
            await decided.WaitAsync(Patience);
            return true;
        }
        catch (TimeoutException)
        {
            // This query has not paid for an index yet; the next one may.
            return false;
        }
    }

    private static async Task FillAsync(StorageEngine engine, string collection, int documents)
    {
        var things = engine.Collection(collection);
        for (var from = 0; from < documents; from += 1_000)
            await engine.WriteAsync([.. Enumerable.Range(from, Math.Min(1_000, documents - from)).Select(i => EngineWrite.Upsert(things, new(Things.Id(i)), Things.Document(i, documents)))]);
    }
}
