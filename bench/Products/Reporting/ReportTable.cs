// Figures beside each other: phases down, engines across, ours with its ratio to RocksDB. In a page a table stands between two
// comments and is rewritten from the result file, so that no figure is typed by hand.
using System.Globalization;
using System.Text;

namespace IngoDB.ProductBench;

/// <summary>Tables for people.</summary>
internal static class ReportTable
{
    private const string Ours = "ingodb", Yardstick = "rocksdb", Disk = "disk", Ended = "<!-- /products -->";

    private static readonly (string Began, Func<IReadOnlyList<Row>, string> Table)[] Regions = [("<!-- products: measured -->", Comparison), ("<!-- products: targets -->", Targets), ("<!-- products: grains -->", Grains)];

    public static void Print(IReadOnlyList<Row> rows, TextWriter target)
    {
        var engines = EnginesOf(rows);
        target.WriteLine($"{"",-40}{string.Concat(engines.Select(engine => $"{engine,16}"))}");
        foreach (var phase in rows.Select(row => row.Phase).Distinct())
            target.WriteLine($"{phase,-28}{rows.First(row => row.Phase == phase).Unit,-12}{string.Concat(engines.Select(engine => $"{(Find(rows, engine, phase) is { } row ? Format(row.Value) : "-"),16}"))}");
    }

    /// <summary>Rewrites the marked regions of a page.</summary>
    public static void Rewrite(string page, IReadOnlyList<Row> rows)
    {
        var (text, found) = (File.ReadAllText(page), false);
        foreach (var (marker, table) in Regions)
        {
            var began = text.IndexOf(marker, StringComparison.Ordinal);
            var ended = began < 0 ? -1 : text.IndexOf(Ended, began, StringComparison.Ordinal);
            if (ended < 0) continue;
            text = text[..(began + marker.Length)] + "\n" + table(rows) + text[ended..];
            found = true;
        }

        if (!found) throw new InvalidOperationException($"{page} has no region between {Regions[0].Began} and {Ended}.");
        File.WriteAllText(page, text);
    }

    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1e4 => (value / 1e3).ToString("0", CultureInfo.InvariantCulture) + " K",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };

    private static string Comparison(IReadOnlyList<Row> all)
    {
        var rows = all.Where(row => !row.Engine.StartsWith(Ours + "-", StringComparison.Ordinal)).ToList();
        var engines = EnginesOf(rows).Where(engine => engine != Disk).ToList();
        var text = new StringBuilder();
        var first = rows[0];
        text.Append(CultureInfo.InvariantCulture, $"{first.Machine}; {first.Documents:N0} products, {Runs(rows.Where(row => row.Engine == Ours).Max(row => row.Repetitions))}, {first.Date}; others had {Percent(rows.Average(row => row.ForeignShare))} of the processors. {(Find(rows, Disk, "fdatasync_per_s") is { } sync ? $"A bare `fdatasync` of 4 KiB: {Cell(sync)}." : "")}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", engines.Select(engine => engine == Ours ? $"**{engine}**" : engine))} | {Ours} / {Yardstick} |\n|---|{string.Concat(engines.Select(_ => "---:|"))}---:|\n");
        foreach (var label in PhaseLabels.All)
        {
            if (!rows.Any(row => row.Phase == label.Phase)) continue;
            var cells = engines.Select(engine => Find(rows, engine, label.Phase) is { } row ? Cell(row) : "");
            text.Append(CultureInfo.InvariantCulture, $"| {label.Text} | {string.Join(" | ", cells)} | {Ratio(rows, label)} |\n");
        }

        return text.ToString();
    }

    /// <summary>The same documents through grains: a client in the silo's process, and one that talks to it over TCP.</summary>
    private static string Grains(IReadOnlyList<Row> rows)
    {
        string[] engines = [Ours, Ours + "-grain", Ours + "-gateway"];
        if (!rows.Any(row => engines.Skip(1).Contains(row.Engine))) return "";
        var text = new StringBuilder($"| | embedded | a grain, same process | a gateway, another process |\n|---|---:|---:|---:|\n");
        foreach (var label in PhaseLabels.All)
        {
            if (!engines.Skip(1).Any(engine => Find(rows, engine, label.Phase) is not null)) continue;
            text.Append(CultureInfo.InvariantCulture, $"| {label.Text} | {string.Join(" | ", engines.Select(engine => Find(rows, engine, label.Phase) is { } row ? Cell(row) : ""))} |\n");
        }

        return text.ToString();
    }

    /// <summary>Ours beside what it has to reach.</summary>
    private static string Targets(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("| | measured (spread) | processor, an operation | must | ratio to RocksDB | must |\n|---|---:|---:|---:|---:|---:|\n");
        foreach (var label in PhaseLabels.All)
        {
            if (Find(rows, Ours, label.Phase) is not { } row) continue;
            var must = label.Must is { } value ? Cell(row with { Value = value }) : "";
            text.Append(CultureInfo.InvariantCulture, $"| {label.Text} | {Cell(row)} ({Format(Shown(row, row.Min))} to {Format(Shown(row, row.Max))}) | {(row.CpuMicros is { } cpu ? $"{Format(cpu)} µs" : "")} | {must} | {Ratio(rows, label)} | {(label.MustRatio is { } ratio ? $"{ratio} ×" : "")} |\n");
        }

        return text.ToString();
    }

    /// <summary>In the unit of the cell.</summary>
    private static double Shown(Row row, double value) => row.Unit != "s" || row.Value >= 1 ? value : value * (row.Value < 0.001 ? 1e6 : 1e3);

    private static string Cell(Row row) => row.Unit switch
    {
        "s" when row.Value < 0.001 => $"{Format(row.Value * 1e6)} µs",
        "s" when row.Value < 1 => $"{Format(row.Value * 1e3)} ms",
        "us" => $"{Format(row.Value)} µs",
        "x" => Format(row.Value),
        "docs/s" or "ops/s" => $"{Format(row.Value)}/s",
        _ => $"{Format(row.Value)} {row.Unit}",
    };

    private static string Ratio(IReadOnlyList<Row> rows, PhaseLabel label) =>
        Find(rows, Ours, label.Phase) is { Value: > 0 } ours && Find(rows, Yardstick, label.Phase) is { Value: > 0 } theirs
            ? Times(label.MoreIsBetter ? ours.Value / theirs.Value : theirs.Value / ours.Value)
            : "";

    private static string Times(double ratio) => ratio.ToString(ratio >= 10 ? "0" : ratio >= 1 ? "0.0" : "0.00", CultureInfo.InvariantCulture) + " ×";

    private static string Runs(int repetitions) => repetitions == 1 ? "one run" : string.Create(CultureInfo.InvariantCulture, $"medians of {repetitions} runs");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %");

    private static List<string> EnginesOf(IReadOnlyList<Row> rows) => [.. StoreKinds.All.Select(kind => kind.Name).Append(Disk).Where(name => rows.Any(row => row.Engine == name))];

    private static Row? Find(IReadOnlyList<Row> rows, string engine, string phase) => rows.FirstOrDefault(row => row.Engine == engine && row.Phase == phase);
}
