// Which W: how many runs lie on top of each other against how often a row is rewritten. Both follow from the number of
// levels (how often the fan-out fits between a flush and all the data) and from what a level does (DensityLevels):
//
//   levels L(f) = log_f(data / flush)         runs  = L * t / 2        rewriting = L * (t = 2 ? f / 2 : 1)
//
//   W < 0    f = 2 - W, t = 2    few runs, each row rewritten f/2 times a level          (reads)
//   W > 0    f = t = 2 + W       t/2 runs a level, each row rewritten once a level       (writes)
//
//   cost(W)  =  gets * runs * a probe  +  rows scanned * runs * a step  +  bytes written * rewriting * a byte
//
// Gets are weighed by the runs they really touch: ids that come in the order of time overlap nothing, whatever W is, and then
// runs cost little. W moves towards the cheapest by a step of two at most, not more often than every quarter of an hour,
// and only for a gain of a tenth, so that it does not follow every wave. The original moved by the share of reads among
// operations; the journey it makes (writes, scans, mixed, reads) is the same, and stands in Scripts/scaling.
//
// Pure. A W that is wrong costs time and changes no answer: age is told by versions.

using System.Globalization;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Compaction;

/// <summary>Everything it looks at.</summary>
/// <param name="DataBytes">In tables, uncompressed.</param>
internal sealed record ScalingView(int ScalingParameter, TreeWork Work, long DataBytes, long FlushBytes);

/// <summary>Decides W.</summary>
internal static class ScalingChoice
{
    public const int Min = -8, Max = 8, StepMax = 2;

    /// <summary>Work below this says nothing.</summary>
    public const double MicrosecondsMin = 10_000;

    public static readonly TimeSpan Cooldown = TimeSpan.FromMinutes(15);

    private const double ProbeMicroseconds = 0.2, StepMicroseconds = 0.02, ByteMicroseconds = 0.01, GainMin = 0.1;

    /// <summary>The next W and why; null: it stays.</summary>
    public static (int ScalingParameter, string Cause)? Choose(ScalingView view)
    {
        var (now, best) = (CostOf(view, view.ScalingParameter), view.ScalingParameter);
        if (now < MicrosecondsMin) return null;
        for (var w = Min; w <= Max; w++)
            if (CostOf(view, w) < CostOf(view, best)) best = w;
        var next = Math.Clamp(best, view.ScalingParameter - StepMax, view.ScalingParameter + StepMax);
        if (next == view.ScalingParameter || CostOf(view, best) > now * (1 - GainMin)) return null;
        return (next, string.Create(CultureInfo.InvariantCulture,
            $"{view.Work.Gets:N0} gets through {Touched(view):0.0} runs each, {view.Work.RowsScanned:N0} rows scanned, {view.Work.BytesWritten / 1024.0 / 1024.0:N0} MB written: {now / 1000:N0} ms as it is, {CostOf(view, best) / 1000:N0} ms with W = {best}"));
    }

    /// <summary>In microseconds.</summary>
    public static double CostOf(ScalingView view, int w)
    {
        var runs = 1 + ((RunsOf(view, w) - 1) * Overlap(view));
        return (view.Work.Gets * runs * ProbeMicroseconds) + (view.Work.RowsScanned * runs * StepMicroseconds) + (view.Work.BytesWritten * RewritingOf(view, w) * ByteMicroseconds);
    }

    private static double RunsOf(ScalingView view, int w) => Math.Max(1, LevelsOf(view, w) * (w <= 0 ? 1 : (2 + w) / 2.0));

    private static double RewritingOf(ScalingView view, int w) => LevelsOf(view, w) * (w <= 0 ? (2 - w) / 2.0 : 1);

    private static double LevelsOf(ScalingView view, int w)
        => Math.Max(1, Math.Log(Math.Max(1, (double)view.DataBytes / Math.Max(1, view.FlushBytes))) / Math.Log(w < 0 ? 2 - w : 2 + w));

    private static double Touched(ScalingView view) => view.Work.Gets == 0 ? 0 : (double)view.Work.RunsTouched / view.Work.Gets;

    /// <summary>How far runs really lie on top of each other, as gets tell it; without gets, all of them.</summary>
    private static double Overlap(ScalingView view)
        => view.Work.Gets == 0 ? 1 : Math.Clamp((Touched(view) - 1) / Math.Max(0.5, RunsOf(view, view.ScalingParameter) - 1), 0, 1);
}
