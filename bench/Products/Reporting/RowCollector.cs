// Repetitions become rows: the median, the spread, and how much of the machine others had meanwhile. Answers to the same
// question must be the same from every engine and every time.
using System.Globalization;

namespace IngoDB.ProductBench;

/// <summary>Collects what was measured.</summary>
internal sealed class RowCollector(RunOptions options)
{
    private readonly List<(string Engine, Measure Measure, double Foreign)> _all = [];

    public IEnumerable<string> Disagreements =>
        from one in _all
        where one.Measure.Answer is not null
        group one by one.Measure.Phase into question
        where question.Select(one => one.Measure.Answer).Distinct().Count() > 1
        select $"answers differ: {question.Key}: {string.Join("; ", question.Select(one => $"{one.Engine} {one.Measure.Answer}").Distinct())}";

    public void Add(string engine, Measure measure, double foreign) => _all.Add((measure.Phase == "fdatasync_per_s" ? "disk" : engine, measure, foreign));

    public IReadOnlyList<Row> Summarize() => [.. _all.GroupBy(one => (one.Engine, one.Measure.Phase)).Select(group =>
    {
        var values = group.Select(one => one.Measure.Value).Order().ToArray();
        var cpu = group.Select(one => one.Measure.CpuMicros).OfType<double>().Order().ToArray();
        var first = group.First().Measure;
        return new Row(group.Key.Engine, first.Phase, Rounded(Median(values)), first.Unit, cpu.Length == 0 ? null : Rounded(Median(cpu)), first.Durable, options.Documents,
            Rounded(values[0]), Rounded(values[^1]), values.Length, Math.Round(group.Average(one => one.Foreign), 3), Machine.Description, TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    })];

    private static double Median(double[] ordered) => ordered.Length % 2 == 1 ? ordered[ordered.Length / 2] : (ordered[ordered.Length / 2 - 1] + ordered[ordered.Length / 2]) / 2;

    /// <summary>Four significant digits: more would be a claim.</summary>
    private static double Rounded(double value) => value == 0 || !double.IsFinite(value) ? value : double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
