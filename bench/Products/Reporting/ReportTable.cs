// Figures beside each other: phases down, engines across, ours with its ratio to RocksDB. In a page the table stands between two
// comments and is rewritten from the result file, so that no figure is typed by hand.
using System.Globalization;
using System.Text;

namespace IngoDB.ProductBench;

/// <summary>Tables for people.</summary>
internal static class ReportTable
{
    private const string Ours = "ingodb", Yardstick = "rocksdb", Began = "<!-- products: measured -->", Ended = "<!-- /products -->";

    public static void Print(IReadOnlyList<Row> rows, TextWriter target)
    {
        var engines = EnginesOf(rows);
        target.WriteLine($"{"",-40}{string.Concat(engines.Select(engine => $"{engine,16}"))}");
        foreach (var phase in rows.Select(row => row.Phase).Distinct())
            target.WriteLine($"{phase,-28}{rows.First(row => row.Phase == phase).Unit,-12}{string.Concat(engines.Select(engine => $"{(Find(rows, engine, phase) is { } row ? Format(row.Value) : "-"),16}"))}");
    }

    /// <summary>Rewrites the marked region of a page.</summary>
    public static void Rewrite(string page, IReadOnlyList<Row> rows)
    {
        var text = File.ReadAllText(page);
        var (began, ended) = (text.IndexOf(Began, StringComparison.Ordinal), text.IndexOf(Ended, StringComparison.Ordinal));
        if (began < 0 || ended < began) throw new InvalidOperationException($"{page} has no region between {Began} and {Ended}.");
        File.WriteAllText(page, text[..(began + Began.Length)] + "\n" + Markdown(rows) + text[ended..]);
    }

    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " M",
        >= 1e4 => (value / 1e3).ToString("0", CultureInfo.InvariantCulture) + " K",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };

    private static string Markdown(IReadOnlyList<Row> rows)
    {
        var engines = EnginesOf(rows);
        var text = new StringBuilder();
        var first = rows[0];
        text.Append(CultureInfo.InvariantCulture, $"{first.Machine}; {first.Documents:N0} products, medians of {rows.Max(row => row.Repetitions)} runs, {first.Date}; others had {rows.Average(row => row.ForeignShare):P0} of the processors.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", engines.Select(engine => engine == Ours ? $"**{engine}**" : engine))} | {Ours} / {Yardstick} |\n|---|{string.Concat(engines.Select(_ => "---:|"))}---:|\n");
        foreach (var label in PhaseLabels.All)
        {
            if (!rows.Any(row => row.Phase == label.Phase)) continue;
            var cells = engines.Select(engine => Find(rows, engine, label.Phase) is { } row ? Cell(row) : "");
            text.Append(CultureInfo.InvariantCulture, $"| {label.Text} | {string.Join(" | ", cells)} | {Ratio(rows, label)} |\n");
        }

        return text.ToString();
    }

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
            ? (label.MoreIsBetter ? ours.Value / theirs.Value : theirs.Value / ours.Value).ToString(theirs.Value / ours.Value is > 10 or < 0.1 ? "0" : "0.0", CultureInfo.InvariantCulture) + " ×"
            : "";

    private static List<string> EnginesOf(IReadOnlyList<Row> rows) => [.. StoreKinds.All.Select(kind => kind.Name).Append("disk").Where(name => rows.Any(row => row.Engine == name)).Where(name => name != "disk" || rows.All(row => row.Engine == "disk"))];

    private static Row? Find(IReadOnlyList<Row> rows, string engine, string phase) => rows.FirstOrDefault(row => row.Engine == engine && row.Phase == phase);
}
