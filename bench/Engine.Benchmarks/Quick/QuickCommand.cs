using System.Globalization;
using IngoDB.Engine;

namespace IngoDB.Benchmarks.Quick;

/// <summary><c>--quick [--docs N] [--scans N] [--json FILE]</c>: the run in a fresh temporary folder.</summary>
internal static class QuickCommand
{
    // The runtime compiles twice, the second time well; a service is measured after that, not before. The warm-up's cache is
    // small, so that the way through the file is warm too.
    private const long WarmUpDocuments = 200_000;
    private const long WarmUpCacheBytes = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var documents = long.Parse(Option(args, "--docs") ?? "1000000", CultureInfo.InvariantCulture);
        var scanRuns = int.Parse(Option(args, "--scans") ?? "4", CultureInfo.InvariantCulture);
        if (documents % 1000 != 0) throw new ArgumentException("--docs is a multiple of 1,000, so that every answer's size is known.");
        var options = new EngineOptions { Durability = Durability.Buffered };
        await RunOnceAsync(WarmUpDocuments, scanRuns: 8, options with { BlockCacheBytes = WarmUpCacheBytes });
        var figures = await RunOnceAsync(documents, scanRuns, options);
        QuickReport.Print(figures, Console.Out);
        if (Option(args, "--json") is { } file) await File.WriteAllTextAsync(file, QuickReport.ToJson(figures, TimeProvider.System.GetUtcNow()) + "\n");
        return 0;
    }

    private static async Task<QuickFigures> RunOnceAsync(long documents, int scanRuns, EngineOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("ingodb-quick-").FullName;
        try
        {
            await using var engine = await StorageEngine.OpenAsync(folder, options);
            return await new QuickRun(engine, documents, scanRuns, TimeProvider.System).RunAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
