using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IngoDB.Benchmarks.Quick;

/// <summary>Figures beside their targets, for people and as JSON.</summary>
internal static class QuickReport
{
    private static readonly string[] Passes = ["from files", "met again", "in memory"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(QuickFigures figures, TextWriter target)
    {
        target.WriteLine($"{Machine.Description}, load {Machine.Load}");
        foreach (var (what, measured, wanted, more) in Lines(figures)) target.WriteLine($"  {what,-36}{measured,14}   {wanted,-20}{more}");
    }

    public static string ToJson(QuickFigures figures, DateTimeOffset at) => new JsonObject
    {
        ["machine"] = Machine.Description,
        ["load"] = Machine.Load,
        ["date"] = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["documents"] = figures.Documents,
        ["ingest_docs_per_second"] = Math.Round(figures.IngestPerSecond),
        ["ingest"] = Step(figures.Ingest),
        ["settle"] = Step(figures.Settle),
        ["get_passes"] = new JsonArray([.. figures.Gets.Select(pass => (JsonNode)Gets(pass))]),
        ["scan_broad"] = Scans(figures.Broad),
        ["scan_selective"] = Scans(figures.Selective),
        ["table_bytes"] = figures.TableBytes,
        ["peak_memory_bytes"] = figures.PeakMemoryBytes,
    }.ToJsonString(Indented);

    private static IEnumerable<(string What, string Measured, string Wanted, string More)> Lines(QuickFigures figures)
    {
        yield return ("ingest, documents a second", $"{figures.IngestPerSecond:N0}", "at least 400,000", Processor(figures.Ingest));
        yield return ("settle", $"{figures.Settle.Time.TotalMilliseconds:N0} ms", "", Processor(figures.Settle));
        foreach (var (gets, pass) in figures.Gets.Zip(Passes))
            yield return ($"get p50, {pass}", $"{gets.P50.TotalMicroseconds:N1} µs", "at most 5 µs", $"{Processor(gets.All)}, p99 {gets.P99.TotalMicroseconds:N1} µs");

        foreach (var (name, scans) in new[] { ("broad", figures.Broad), ("selective", figures.Selective) })
            foreach (var scan in scans)
                yield return ($"{name} scan {scan.Run}, {scan.Returned:N0} results", $"{scan.Step.Time.TotalMilliseconds:N1} ms", scan.Run == 1 ? "at most 500 ms" : "", $"{Processor(scan.Step)}, {scan.AccessPath}, examined {scan.Examined:N0}");
        yield return ("tables on disk", $"{figures.TableBytes / 1e6:N1} MB", "", "");
        yield return ("peak memory", $"{figures.PeakMemoryBytes / 1e6:N0} MB", "", "");
    }

    private static JsonObject Step(StepFigures step) => new() { ["ms"] = Milliseconds(step.Time), ["processor_ms"] = Milliseconds(step.Processor) };

    private static JsonObject Gets(GetFigures gets) => new()
    {
        ["p50_us"] = Microseconds(gets.P50), ["p95_us"] = Microseconds(gets.P95), ["p99_us"] = Microseconds(gets.P99), ["all"] = Step(gets.All),
    };

    private static JsonArray Scans(IReadOnlyList<ScanFigures> scans) => new([.. scans.Select(scan => (JsonNode)new JsonObject
    {
        ["run"] = scan.Run, ["step"] = Step(scan.Step), ["examined"] = scan.Examined, ["returned"] = scan.Returned, ["path"] = scan.AccessPath,
    })]);

    private static string Processor(StepFigures step) => string.Create(CultureInfo.InvariantCulture, $"{step.Processor.TotalMilliseconds:N0} ms of processor");

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 2);

    private static double Microseconds(TimeSpan time) => Math.Round(time.TotalMicroseconds, 2);
}
