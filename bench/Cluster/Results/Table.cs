// The rows as a table between two marks of a page: <!-- cluster: figures --> ... <!-- /cluster -->.

using System.Globalization;
using System.Text;

namespace IngoDB.ClusterBench.Results;

internal static class Table
{
    private const string Begin = "<!-- cluster: figures -->";
    private const string End = "<!-- /cluster -->";

    public static void Put(string path, Report report)
    {
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException($"{path} has no place for the table: {Begin} ... {End}");
        File.WriteAllText(path, page[..(begin + Begin.Length)] + Environment.NewLine + Of(report) + page[end..]);
    }

    public static string Of(Report report)
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{report.Machine}, {report.Date}; load before {report.LoadBefore}, {report.Seconds:0} s in all.\n\n");
        table.Append("| | silos | measured | p50 | p99 | runs | must | |\n|---|---:|---:|---:|---:|---:|---|---|\n");
        foreach (var row in report.Rows)
            table.Append(CultureInfo.InvariantCulture, $"| {row.Experiment}{(row.Note is null ? "" : $" ({row.Note})")} | {row.Silos} | {Text(row.Value)} {row.Unit} | {Text(row.P50)} | {Text(row.P99)} | {row.Runs} | {row.Must} | {(row.Met is { } met ? met ? "met" : "NOT met" : "")} |\n");
        return table.ToString();
    }

    private static string Text(double? value) => value is { } number ? number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture) : "";
}
