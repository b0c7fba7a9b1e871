using IngoDB.Silo;

namespace IngoDB.GrainBench;

/// <summary>One silo with sixteen partitions over a temporary folder, in this process or (with "serve") in another one.</summary>
internal static class Server
{
    public const string Command = "serve";
    public const string Ready = "ready";

    public static async Task<SiloHost> StartAsync(string folder)
    {
        var silo = SiloHost.Build(SiloSettings.Numbered(folder, 1, 1) with { More = new Dictionary<string, string?> { ["IngoDB:Buffered"] = "true" } });
        await silo.StartAsync();
        return silo;
    }

    /// <summary>Until its standard input is closed.</summary>
    public static async Task ServeAsync(string folder)
    {
        await using var silo = await StartAsync(folder);
        Console.WriteLine(Ready);
        await Console.In.ReadLineAsync();
        await silo.StopAsync();
    }
}
