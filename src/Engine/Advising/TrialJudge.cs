// An index that was built has to prove itself. When it (and every other that is being built) is ready, a window begins; once
// the shapes it was built for have run often enough through it, what a run costs now is compared with what it cost
// before, judged by physical work (QueryShapeStatistics.Judged), weighted by how often each shape ran. Less than half of
// the promised saving is a broken promise, and so is any other shape that uses the index and became clearly dearer: the
// index goes again, and why is remembered.
//
//   decided ──► building ──► ready: window begins ──► RunsMin runs ──► keep | revert
//                                                └──► never used after RunsUnused runs ──► revert
//                                                └──► a day without runs ──► let go without a verdict

using System.Globalization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <summary>What became of a trial. Pure.</summary>
internal static class TrialJudge
{
    /// <summary>Runs of the promised shapes in a window.</summary>
    public const int RunsMin = 8;

    /// <summary>After so many without one use the planner will not use it.</summary>
    public const int RunsUnused = 4 * RunsMin;

    private const double PromiseKeptMin = 0.5, DearerMax = 1.25;
    private static readonly TimeSpan WindowMax = TimeSpan.FromDays(1);

    internal enum Verdict
    {
        Open,
        Keep,
        Revert,

        /// <summary>Nobody asked.</summary>
        LetGo,
    }

    /// <param name="Reward">The share of the cost of a run that was saved.</param>
    internal sealed record Outcome(Verdict Verdict, IndexTrial Trial, double Reward, string Text);

    /// <summary>The shapes of a collection as they are before an index comes.</summary>
    public static IReadOnlyList<ShapeBaseline> Baseline(LearningReport report, string path)
        => [.. report.Shapes.Where(shape => shape.Executions > 0).OrderByDescending(shape => shape.RecentCost).ThenBy(shape => shape.Shape, StringComparer.Ordinal).Take(64)
            .Select(shape => new ShapeBaseline(shape.Shape, shape.Candidates.Any(candidate => candidate.Path == IndexFields.WithoutHot(path) && candidate.Saved > 0), shape.Judged / shape.Executions, shape.Executions, shape.Judged))];

    public static Outcome Judge(IndexTrial trial, LearningReport report, DateTimeOffset now)
    {
        var shapes = report.Shapes.ToDictionary(shape => shape.Shape, StringComparer.Ordinal);
        if (report.Indexes.FirstOrDefault(index => index.Path == trial.Path) is not { } index) return new(Verdict.LetGo, trial, 0, "the index is gone");
        if (trial.ReadyAt is null) return new(Verdict.Open, report.Indexes.All(known => known.IsReady) ? Begin(trial, index, shapes, now) : trial, 0, "");

        double runs = 0, before = 0, after = 0;
        foreach (var shape in trial.Shapes)
        {
            if (!shape.IsPromised || Since(shape, shapes) is not var (executions, judged) || executions == 0) continue;
            runs += executions;
            before += shape.MeanBefore * executions;
            after += judged;
        }

        var used = index.Uses - trial.UsesBefore;
        if (Dearer(trial, shapes) is { } dearer) return new(Verdict.Revert, trial, -1, dearer);
        if (runs < RunsMin || (used <= 0 && (runs < RunsUnused || trial.Use == "or"))) return now - trial.ReadyAt > WindowMax ? new(Verdict.LetGo, trial, 0, "nobody asked for a day") : new(Verdict.Open, trial, 0, "");
        var reward = before <= 0 ? 0 : Math.Clamp(1 - (after / before), -1, 1);
        var text = string.Create(CultureInfo.InvariantCulture, $"{before / runs:N0} -> {after / runs:N0} a run over {runs:N0} runs, {used:N0} through the index");
        return new(used > 0 && reward >= PromiseKeptMin * trial.Promise ? Verdict.Keep : Verdict.Revert, trial, reward, text);
    }

    private static IndexTrial Begin(IndexTrial trial, IndexStatus index, Dictionary<string, QueryShapeStatistics> shapes, DateTimeOffset now) => trial with
    {
        ReadyAt = now,
        UsesBefore = index.Uses,
        Shapes = [.. trial.Shapes.Select(shape => shapes.TryGetValue(shape.Shape, out var known) ? shape with { Executions = known.Executions, Judged = known.Judged } : shape with { Executions = 0, Judged = 0 })],
    };

    private static string? Dearer(IndexTrial trial, Dictionary<string, QueryShapeStatistics> shapes)
    {
        foreach (var shape in trial.Shapes)
        {
            if (shape.IsPromised || Since(shape, shapes) is not var (executions, judged) || executions < RunsMin) continue;
            var mean = judged / executions;
            if (mean <= DearerMax * shape.MeanBefore || mean - shape.MeanBefore < 1 || !UsesIndex(shapes[shape.Shape].LastAccessPath, trial.Path)) continue;
            return string.Create(CultureInfo.InvariantCulture, $"\"{shape.Shape}\" became dearer through it: {shape.MeanBefore:N0} -> {mean:N0} a run over {executions:N0} runs");
        }

        return null;
    }

    private static bool UsesIndex(string access, string path) => access.StartsWith("index ", StringComparison.Ordinal) && access.Split(' ').Contains(path);

    /// <summary>Since the window began; sums that a partition lost count from zero.</summary>
    private static (long Executions, double Judged)? Since(ShapeBaseline shape, Dictionary<string, QueryShapeStatistics> shapes)
    {
        if (!shapes.TryGetValue(shape.Shape, out var now)) return null;
        return now.Executions < shape.Executions || now.Judged < shape.Judged ? (now.Executions, now.Judged) : (now.Executions - shape.Executions, now.Judged - shape.Judged);
    }
}
