using IngoDB.ProductBench;

namespace IngoDB.GrowthBench;

/// <summary>What was asked for on the command line.</summary>
internal sealed record GrowthOptions(long Min, long Max, int Repetitions, string? Json, string? Plot)
{
    /// <summary>Half decades: 10,000, 31,600, 100,000, ...</summary>
    public IEnumerable<long> Sizes
    {
        get
        {
            for (var exponent = Math.Log10(Min); exponent <= Math.Log10(Max) + 1e-9; exponent += 0.5) yield return (long)Math.Round(Math.Pow(10, exponent) / 100) * 100;
        }
    }
}

/// <summary>All sizes, all repetitions; the exit code is 1 when a law does not hold.</summary>
internal static class GrowthCommand
{
    private const long WarmUpDocuments = 30_000;

    /// <summary>Larger sizes take a minute and are run a third as often, the first time included.</summary>
    private const long OftenMax = 1_000_000;

    public static async Task<int> RunAsync(GrowthOptions options)
    {
        await Console.Error.WriteLineAsync($"{Machine.Description}, load {Machine.Load}");
        for (var i = 0; i < 3; i++) await RunOnceAsync(WarmUpDocuments);
        var points = new List<GrowthPoint>();
        for (var repetition = 1; repetition <= options.Repetitions; repetition++)
            foreach (var documents in options.Sizes)
            {
                if (documents > OftenMax && repetition % 3 != 1) continue;
                var began = TimeProvider.System.GetTimestamp();
                points.AddRange(await RunOnceAsync(documents));
                await Console.Error.WriteLineAsync($"{repetition}/{options.Repetitions} {documents:N0} documents, {TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} s");
            }

        var findings = GrowthLaws.All.Select(law => GrowthFinding.Of(law, [.. points.Where(point => point.Operation == law.Operation)])).ToList();
        GrowthReport.Print(findings, Console.Out);
        if (options.Json is { } json) await File.WriteAllTextAsync(json, GrowthReport.ToJson(findings, Machine.Description));
        if (options.Plot is { } plot) GrowthPlot.Write(plot, findings);
        return findings.All(finding => finding.Holds) ? 0 : 1;
    }

    private static async Task<List<GrowthPoint>> RunOnceAsync(long documents)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-growth-").FullName;
        try
        {
            return await new GrowthRun(folder, documents).RunAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
