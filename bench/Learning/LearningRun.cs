// One workload under one design, on an engine with a simulated clock and no threads: what it cost is counted, not timed
// (rows examined, fetched, sorted, entries written, by the planner's own costs), so that the same command gives the same
// figures on a busy machine. The collection is loaded before; every index pays its first build, also a fixed one.
using System.Diagnostics;
using IngoDB.Engine;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Statistics;
using IngoDB.Model;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.LearningBench;

/// <summary>What indexes there are, and who says so.</summary>
/// <param name="Fixed">Made before the first step; null: nobody knew.</param>
internal sealed record Design(string Name, IReadOnlyList<string>? Fixed = null, bool Learns = false, bool IsOriginal = false);

/// <param name="Story">Cost after each step.</param>
/// <param name="Rebuilds">Indexes that came again after they had gone.</param>
internal sealed record RunResult(double Cost, int Builds, int Drops, int Reverts, int Rebuilds, double UpkeepShare, long Bytes, double Milliseconds, IReadOnlyList<double> Story)
{
    /// <summary>The log, a line each.</summary>
    public IReadOnlyList<string> Decisions { get; init; } = [];
}

/// <summary>Runs once.</summary>
internal sealed class LearningRun(Workload workload, Design design, bool columns)
{
    private const double LookCost = 1_000;

    private readonly Dictionary<string, CollectionId> _collections = [];
    private readonly Dictionary<string, (int Runs, bool Done)> _original = [];
    private readonly Dictionary<string, double> _upkeep = [];
    private readonly Dictionary<string, int> _built = [];
    private readonly List<double> _story = [];
    private double _buildCost, _looked;
    private int _drops, _unflushed;
    private long _written;

    public async Task<RunResult> RunAsync(string folder)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var engine = await StorageEngine.OpenAsync(folder, new() { BackgroundWork = false, Durability = Durability.Buffered, Time = time, Columns = columns, Seed = 1 });
        engine.Events.Raised += e => Count(engine, e);
        foreach (var collection in workload.Collections) await LoadAsync(engine, collection);
        time.Advance(TimeSpan.FromHours(1));
        foreach (var (name, id) in _collections)
        {
            if (workload.BytesMax is { } bytes) engine.ChangeLearningRules(id, rules => rules with { BytesMax = bytes });
            foreach (var path in design.Fixed ?? []) engine.DefineIndex(id, IndexFields.Parse(path), $"fixed in {name}");
        }

        await engine.BuildIndexesAsync();
        var began = Stopwatch.GetTimestamp();
        foreach (var step in workload.Steps)
        {
            time.Advance(step.Pause);
            await StepAsync(engine, step);
            _story.Add(CostOf(engine));
        }

        var (reverts, upkeep) = (_collections.Values.Sum(id => engine.LearningDecisions(id).Count(decision => decision.Act == "revert")), Upkeep(engine));
        return new(CostOf(engine), _built.Values.Sum(), _drops, reverts, _built.Values.Sum(times => times - 1), _written == 0 ? 0 : upkeep / ((_written * QueryCosts.Default.RowWritten) + upkeep),
            engine.Indexes.Sum(index => index.Bytes), Stopwatch.GetElapsedTime(began).TotalMilliseconds, _story)
        {
            Decisions = [.. _collections.SelectMany(known => engine.LearningDecisions(known.Value).Select(decision => $"{decision.At:HH:mm:ss} {known.Key} {decision.Act} {decision.Path}: {decision.Cause} {decision.Effect}"))],
        };
    }

    private async Task LoadAsync(StorageEngine engine, string collection)
    {
        _collections[collection] = engine.Collection(collection);
        for (var from = 0; from < workload.Documents; from += 1_000) await WriteAsync(engine, collection, from, Math.Min(1_000, workload.Documents - from));
        await engine.SettleAsync();
        _written = 0;
    }

    private async Task StepAsync(StorageEngine engine, Step step)
    {
        if (step is Step.Write write)
        {
            for (var from = 0; from < write.Documents; from += 1_000) await WriteAsync(engine, write.Collection, write.From + from, Math.Min(1_000, write.Documents - from));
            // As a memtable would: what is little stays in memory.
            if ((_unflushed += write.Documents) >= workload.Documents / 4)
            {
                _unflushed = 0;
                await engine.FlushAsync();
                await engine.CompactAsync();
            }

            Look(engine);
        }
        else
        {
            var ask = (Step.Ask)step;
            using (var stream = ask.Walk is { } walk ? engine.Query(walk) : engine.Scan(ask.Scan! with { Collection = _collections[ask.Collection] }))
            {
                var returned = 0L;
                while (stream.MoveNext()) returned++;
                if (design.IsOriginal) DecideAsTheOriginal(engine, ask, returned);
            }

            if (CostOf(engine) - _looked >= LookCost) Look(engine);
        }

        await engine.BuildIndexesAsync();
    }

    private void Look(StorageEngine engine)
    {
        _looked = CostOf(engine);
        foreach (var index in engine.Indexes) _upkeep[$"{index.Name}#{_built[index.Name]}"] = index.Upkeep;
        if (design.Learns) engine.AdvanceLearning();
    }

    /// <summary>Two executions that return more than 1,000 and at most half; a sort of more than 1,000. Nothing is ever dropped.</summary>
    private void DecideAsTheOriginal(StorageEngine engine, Step.Ask ask, long returned)
    {
        if (returned <= 1_000) return;
        if (ask.SortPath is { } sort) engine.DefineIndex(_collections[ask.Collection], IndexFields.Parse(sort), "sort spill");
        if (ask.FilterPath is not { } path || returned > workload.Documents / 2) return;
        var seen = _original.GetValueOrDefault(ask.Collection + path);
        _original[ask.Collection + path] = (seen.Runs + 1, seen.Runs >= 1);
        if (seen.Runs == 1) engine.DefineIndex(_collections[ask.Collection], IndexFields.Parse(path), "asked twice");
    }

    private async Task WriteAsync(StorageEngine engine, string collection, int from, int documents)
    {
        _written += documents;
        await engine.WriteAsync([.. Enumerable.Range(from, documents).Select(i => EngineWrite.Upsert(_collections[collection], new(Things.Id(i % workload.Documents)), Things.Document(i % workload.Documents, workload.Documents)))]);
    }

    private void Count(StorageEngine engine, EngineEvent e)
    {
        if (e is IndexDefined defined)
        {
            _built[defined.Index] = _built.GetValueOrDefault(defined.Index) + 1;
            _buildCost += QueryCosts.Default.Build(engine.LearningReports.First(report => defined.Index.StartsWith(NameOf(engine, report.Collection) + "/", StringComparison.Ordinal)).Rows);
        }

        if (e is IndexDropped) _drops++;
    }

    private static string NameOf(StorageEngine engine, CollectionId id) => engine.Collections.First(collection => collection.Id == id).Name;

    private double Upkeep(StorageEngine engine)
    {
        foreach (var index in engine.Indexes) _upkeep[$"{index.Name}#{_built[index.Name]}"] = index.Upkeep;
        return _upkeep.Values.Sum();
    }

    private double CostOf(StorageEngine engine) => engine.QueryStatistics.Sum(shape => shape.Cost) + Upkeep(engine) + _buildCost;
}
