using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IngoDB.Benchmarks.Quick;

/// <summary>Figures beside their targets, for people and as JSON.</summary>
internal static class QuickReport
{
    public static void Print(QuickFigures figures, TextWriter target)
    {
        target.WriteLine($"{Machine.Description}, load {Machine.Load}");
        foreach (var (what, measured, wanted) in Lines(figures)) target.WriteLine($"  {what,-34}{measured,16}   {wanted}");
    }

    public static string ToJson(QuickFigures figures, DateTimeOffset at) => new JsonObject
    {
        ["machine"] = Machine.Description,
        ["load"] = Machine.Load,
        ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["documents"] = figures.Documents,
        ["ingest_docs_per_second"] = Math.Round(figures.IngestPerSecond),
        ["ingest_processor_ms"] = Milliseconds(figures.Ingest.Processor),
        ["settle_ms"] = Milliseconds(figures.Settle.Time),
        ["settle_processor_ms"] = Milliseconds(figures.Settle.Processor),
        ["get_first_pass_us"] = Gets(figures.Gets),
        ["get_second_pass_us"] = Gets(figures.GetsAgain),
        ["scan"] = new JsonArray([.. figures.Scans.Select(scan => (JsonNode)new JsonObject
        {
            ["run"] = scan.Run, ["ms"] = Milliseconds(scan.Time), ["examined"] = scan.Examined, ["returned"] = scan.Returned, ["path"] = scan.AccessPath,
        })]),
        ["table_bytes"] = figures.TableBytes,
        ["peak_memory_bytes"] = figures.PeakMemoryBytes,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static IEnumerable<(string What, string Measured, string Wanted)> Lines(QuickFigures figures)
    {
        yield return ("ingest, documents a second", $"{figures.IngestPerSecond:N0}", $"wanted: at least 400,000; {Processor(figures.Ingest)}");
        yield return ("settle", $"{figures.Settle.Time.TotalMilliseconds:N0} ms", Processor(figures.Settle));
        foreach (var (pass, gets) in new[] { ("first pass", figures.Gets), ("second pass", figures.GetsAgain) })
        {
            yield return ($"get p50, {pass}", $"{gets.P50.TotalMicroseconds:N1} µs", "wanted: at most 5 µs");
            yield return ($"get p99, {pass}", $"{gets.P99.TotalMicroseconds:N1} µs", "");
        }

        foreach (var scan in figures.Scans)
            yield return ($"scan {scan.Run}, {scan.Returned:N0} results", $"{scan.Time.TotalMilliseconds:N0} ms", (scan.Run == 1 ? "wanted: at most 500 ms; " : "") + $"{scan.AccessPath}, examined {scan.Examined:N0}");
        yield return ("tables on disk", $"{figures.TableBytes / 1e6:N1} MB", "");
        yield return ("peak memory", $"{figures.PeakMemoryBytes / 1e6:N0} MB", "");
    }

    private static JsonObject Gets(GetFigures gets) => new()
    {
        ["p50"] = Math.Round(gets.P50.TotalMicroseconds, 2), ["p95"] = Math.Round(gets.P95.TotalMicroseconds, 2), ["p99"] = Math.Round(gets.P99.TotalMicroseconds, 2), ["per_second"] = Math.Round(gets.PerSecond),
    };

    private static string Processor(StepFigures step) => $"{step.Processor.TotalMilliseconds:N0} ms of processor time";

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);
}
