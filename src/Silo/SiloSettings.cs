// What a silo needs to be told, as the configuration keys that Orleans and UseIngoDB read anyway. Settings made here are the
// lowest layer: appsettings, environment variables and command line win, key by key. So the default silo, `--silos N`, the
// command line's demo and Aspire all start the same program in the same way.

using System.Globalization;

namespace IngoDB.Silo;

/// <summary>One silo of a cluster on this machine.</summary>
public sealed record SiloSettings
{
    public const string ClusterName = "ingodb";
    public const string DefaultDirectory = "data";

    public required string Name { get; init; }

    /// <summary>The node's own folder.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder that the silos and clients of the cluster share.</summary>
    public required string ClusterDirectory { get; init; }

    /// <summary>Silos that the cluster is started with: a new database is spread over so many.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>Null picks a free port.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Further keys, e.g. <c>IngoDB:Partitions</c>.</summary>
    public IReadOnlyDictionary<string, string?> More { get; init; } = new Dictionary<string, string?>();

    /// <summary>Silo number <paramref name="number"/> (from 1) of so many, under one folder: <c>data/ingodb-1</c>, <c>data/cluster</c>.</summary>
    public static SiloSettings Numbered(string directory, int number, int silos) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{ClusterName}-{number}"),
        DataDirectory = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{ClusterName}-{number}")),
        ClusterDirectory = Path.Combine(directory, "cluster"),
        Silos = silos,
    };

    /// <summary>The keys. Ports are chosen now; memory is shared among the silos of the process.</summary>
    public Dictionary<string, string?> ToConfiguration()
    {
        const long budgetBytes = 256L << 20;
        var keys = new Dictionary<string, string?>
        {
            ["Orleans:ClusterId"] = ClusterName,
            ["Orleans:ServiceId"] = ClusterName,
            ["Orleans:Name"] = Name,
            ["Orleans:Clustering:ProviderType"] = "IngoDB",
            ["Orleans:Clustering:ServiceKey"] = ClusterName,
            [$"ConnectionStrings:{ClusterName}"] = $"Cluster={Path.GetFullPath(ClusterDirectory)}",
            ["Orleans:Endpoints:AdvertisedIPAddress"] = "127.0.0.1",
            ["Orleans:Endpoints:SiloPort"] = Text(FreePorts.Next()),
            ["Orleans:Endpoints:GatewayPort"] = Text(FreePorts.Next()),
            ["IngoDB:DataDirectory"] = DataDirectory,
            ["IngoDB:MinimumNodes"] = Text(Silos),
            ["IngoDB:MemtableBudgetBytes"] = Text(budgetBytes / Silos),
            ["IngoDB:BlockCacheBytes"] = Text(budgetBytes / Silos),
            ["urls"] = $"http://127.0.0.1:{Text(HttpPort ?? 0)}",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:IngoDB"] = "Information",
            ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
            ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
            ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None", // Program says it, in one sentence
        };
        foreach (var (key, value) in More) keys[key] = value;
        return keys;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
