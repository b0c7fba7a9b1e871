using System.Globalization;
using IngoDB.Engine;

namespace IngoDB.Benchmarks.Quick;

/// <summary><c>--quick [--docs N] [--scans N] [--json FILE]</c>: the run in a fresh temporary folder.</summary>
internal static class QuickCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var documents = long.Parse(Option(args, "--docs") ?? "1000000", CultureInfo.InvariantCulture);
        var scanRuns = int.Parse(Option(args, "--scans") ?? "5", CultureInfo.InvariantCulture);
        var folder = Directory.CreateTempSubdirectory("ingodb-quick-").FullName;
        try
        {
            var options = new EngineOptions { Durability = Durability.Buffered };
            await using var engine = await StorageEngine.OpenAsync(folder, options);
            var figures = await new QuickRun(engine, documents, scanRuns, TimeProvider.System).RunAsync();
            QuickReport.Print(figures, Console.Out);
            if (Option(args, "--json") is { } file) await File.WriteAllTextAsync(file, QuickReport.ToJson(figures, TimeProvider.System.GetUtcNow()) + "\n");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
