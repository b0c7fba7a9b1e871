using System.Globalization;
using System.Text.Json;

namespace IngoDB.GrowthBench;

/// <summary>Findings for people and machines.</summary>
internal static class GrowthReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(IReadOnlyList<GrowthFinding> findings, TextWriter target)
    {
        target.WriteLine($"{"operation",-30}{"law",-16}{"slope",8}{"95 % interval",18}{"at most",9}{"ratio",9}{"at most",9}          smallest ... largest");
        foreach (var finding in findings)
        {
            var interval = string.Create(CultureInfo.InvariantCulture, $"{finding.Lower:0.00}..{finding.Upper:0.00}");
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{finding.Law.Operation,-30}{finding.Law.Law,-16}{finding.Slope,8:0.00}{interval,18}{finding.Law.SlopeMax,9:0.00}{finding.Ratio,9:0.0}{finding.Law.RatioMax,9:0.0}  {finding.Verdict,-10}{Ends(finding)}"));
        }
    }

    public static string ToJson(IReadOnlyList<GrowthFinding> findings, string machine) => JsonSerializer.Serialize(new
    {
        machine,
        date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        operations = findings.Select(finding => new
        {
            operation = finding.Law.Operation,
            law = finding.Law.Law,
            slope = Rounded(finding.Slope),
            lower = Rounded(finding.Lower),
            upper = Rounded(finding.Upper),
            slope_max = finding.Law.SlopeMax,
            ratio = Math.Round(finding.Ratio, 2),
            ratio_max = finding.Law.RatioMax,
            verdict = finding.Verdict,
            points = finding.Points.Select(point => new { docs = point.Documents, seconds = double.Parse(point.Seconds.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) }),
        }),
    }, Indented) + "\n";

    private static double? Rounded(double slope) => double.IsNaN(slope) ? null : Math.Round(slope, 3);

    private static string Ends(GrowthFinding finding) => $"{Text(finding.Medians[0])} ... {Text(finding.Medians[^1])}";

    private static string Text(double seconds) => seconds switch
    {
        < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0} ns"),
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.#} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.##} s"),
    };
}
