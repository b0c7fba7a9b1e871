// All designs of an experiment, one after the other. The best fixed design in hindsight is found by trying: every subset of
// the paths that matter, for each collection by itself, among those that fit into the budget.
using System.Globalization;
using System.Text.Json;
using IngoDB.ProductBench;

namespace IngoDB.LearningBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed record LearningOptions(string Experiment, int Documents, int Length, bool Columns, bool LagOnly, bool Log, string? Json, string? Plot);

/// <param name="Cost">Row reads (QueryCosts), counted; null where it cannot be counted.</param>
/// <param name="Ms">Time of the steps on this machine, whoever else was using it.</param>
internal sealed record LearningRow(string Experiment, string Design, double? Cost, double? Regret, int Builds, int Drops, int Reverts, int Rebuilds, double? UpkeepShare, double? LearnLagMs, double Ms);

/// <summary>Runs experiments and tells.</summary>
internal static class LearningCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<int> RunAsync(LearningOptions options)
    {
        await Console.Error.WriteLineAsync($"{Machine.Description}, load {Machine.Load}");
        var rows = new List<LearningRow>();
        foreach (var letter in options.Experiment == "all" ? Experiments.Letters : options.Experiment)
            rows.AddRange(await RunAsync(Experiments.Of(letter, options.Documents, options.Length), options));
        if (options.Json is { } json)
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(new { machine = Machine.Description, load = Machine.Load, docs = options.Documents, length = options.Length, columns = options.Columns, rows }, s_json) + "\n");
        return 0;
    }

    private static async Task<IReadOnlyList<LearningRow>> RunAsync(Workload workload, LearningOptions options)
    {
        if (options.LagOnly)
        {
            var lags = new List<LearningRow>();
            foreach (var which in (string[])["first of the process", "second", "third", "fourth"])
            {
                var alone = await InFolderAsync(folder => LearnLag.MeasureAsync(workload, folder, options.Columns));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload.Letter} {which,-20} lag {alone?.Milliseconds,6:0.0} ms: {alone?.Phases}"));
                lags.Add(new(workload.Letter, $"learned, {which}", null, null, 0, 0, 0, 0, null, alone?.Milliseconds, 0));
            }

            return lags;
        }

        var none = await RunAsync(workload, new("none", []), options.Columns);
        var best = await BestFixedAsync(workload, options.Columns);
        var original = await RunAsync(workload, new("original's rule", IsOriginal: true), options.Columns);
        var learned = await RunAsync(workload, new("learned", Learns: true), options.Columns);
        if (options.Log) foreach (var decision in learned.Decisions) await Console.Error.WriteLineAsync(decision);
        var lag = await InFolderAsync(folder => LearnLag.MeasureAsync(workload, folder, options.Columns));
        var sqlite = await InFolderAsync(folder => Task.FromResult(SqliteRun.Run(workload, folder)));
        if (options.Plot is { } plot) LearningPlot.Write(plot, workload, [("none", none.Story), (best.Name, best.Result.Story), ("original's rule", original.Story), ("learned", learned.Story)]);
        List<LearningRow> rows =
        [
            Row(workload, "none", none, best.Result), Row(workload, best.Name, best.Result, best.Result), Row(workload, "original's rule", original, best.Result),
            Row(workload, "learned", learned, best.Result) with { LearnLagMs = lag is { } ready ? Math.Round(ready.Milliseconds, 1) : null }, new(workload.Letter, "sqlite, hand-made", null, null, workload.SqlIndexes.Count, 0, 0, 0, null, null, Math.Round(sqlite)),
        ];
        foreach (var row in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Experiment} {row.Design,-34} cost {row.Cost,12:N0} regret {row.Regret,6:0.00} builds {row.Builds} drops {row.Drops} reverts {row.Reverts} rebuilds {row.Rebuilds} upkeep {row.UpkeepShare,6:P1} lag {row.LearnLagMs,6:0.0} ms, {row.Ms,8:N0} ms"));
        return rows;
    }

    private static async Task<(string Name, RunResult Result)> BestFixedAsync(Workload workload, bool columns)
    {
        var parts = new List<(string Collection, IReadOnlyList<string> Paths, RunResult Result)>();
        foreach (var collection in workload.Collections)
        {
            (IReadOnlyList<string> Paths, RunResult Result)? best = null;
            for (var subset = 0; subset < 1 << workload.Paths.Count; subset++)
            {
                var paths = workload.Paths.Where((_, i) => (subset & (1 << i)) != 0).ToList();
                var result = await RunAsync(workload.Only(collection), new("fixed", paths), columns);
                if (result.Bytes <= (workload.BytesMax ?? long.MaxValue) && (best is null || result.Cost < best.Value.Result.Cost)) best = (paths, result);
            }

            parts.Add((collection, best!.Value.Paths, best.Value.Result));
        }

        if (parts.Count == 1) return ($"best fixed: {string.Join(' ', parts[0].Paths.DefaultIfEmpty("none"))}", parts[0].Result);
        var name = string.Join(", ", parts.Select(part => $"{part.Collection} {string.Join(' ', part.Paths.DefaultIfEmpty("none"))}"));
        return ($"best fixed: {name}", new(parts.Sum(part => part.Result.Cost), parts.Sum(part => part.Result.Builds), 0, 0, 0, parts.Average(part => part.Result.UpkeepShare), parts.Sum(part => part.Result.Bytes), parts.Sum(part => part.Result.Milliseconds), Together([.. parts.Select(part => part.Result.Story)])));
    }

    /// <summary>Stories of parts, each stretched over all steps, added up.</summary>
    private static IReadOnlyList<double> Together(IReadOnlyList<IReadOnlyList<double>> stories)
    {
        var steps = stories.Sum(story => story.Count);
        return [.. Enumerable.Range(1, steps).Select(step => stories.Sum(story => story.Count == 0 ? 0 : story[Math.Max(0, (int)((long)step * story.Count / steps) - 1)]))];
    }

    private static Task<RunResult> RunAsync(Workload workload, Design design, bool columns) => InFolderAsync(folder => new LearningRun(workload, design, columns).RunAsync(folder));

    private static LearningRow Row(Workload workload, string design, RunResult result, RunResult best)
        => new(workload.Letter, design, Math.Round(result.Cost), Math.Round(result.Cost / best.Cost, 3), result.Builds, result.Drops, result.Reverts, result.Rebuilds, Math.Round(result.UpkeepShare, 4), null, Math.Round(result.Milliseconds));

    private static async Task<T> InFolderAsync<T>(Func<string, Task<T>> act)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-learning-").FullName;
        try
        {
            return await act(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
