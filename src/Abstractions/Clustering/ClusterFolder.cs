// Several processes on one machine become a cluster by naming one folder, and nothing else. This is that name: read
// from a connection string, so that a silo, a client and Aspire all say it with the same configuration key.

using IngoDB.Model;
using Microsoft.Extensions.Configuration;

namespace IngoDB.Abstractions.Clustering;

/// <summary>
/// The folder that the silos and clients of one cluster on one machine share, as a connection string
/// (<c>Cluster=/var/lib/ingodb/cluster</c>), and where things lie in it.
/// </summary>
public sealed record ClusterFolder(string Path)
{
    public const string ProviderName = "IngoDB";

    /// <summary>Membership of one Orleans cluster; several clusters may share a folder.</summary>
    public string MembershipOf(string clusterId) => System.IO.Path.Combine(Path, "membership", Uri.EscapeDataString(clusterId));

    public string Catalog => System.IO.Path.Combine(Path, "catalog");

    /// <exception cref="InvalidRequestException"><c>config.bad_connection_string</c>.</exception>
    public static ClusterFolder Parse(string connectionString)
    {
        foreach (var part in connectionString.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var split = part.IndexOf('=', StringComparison.Ordinal);
            if (split > 0 && part[..split].Trim().Equals("Cluster", StringComparison.OrdinalIgnoreCase) && part[(split + 1)..].Trim() is { Length: > 0 } path)
                return new(System.IO.Path.GetFullPath(path));
        }

        throw new InvalidRequestException("config.bad_connection_string", $"'{connectionString}' does not name the cluster's folder.", suggestion: "Cluster=<folder>", example: "Cluster=./data/cluster");
    }

    /// <summary>What a provider section of Orleans' configuration points at: ConnectionString, ConnectionName or ServiceKey.</summary>
    /// <exception cref="InvalidRequestException"><c>config.no_connection_string</c>.</exception>
    public static ClusterFolder FromProvider(IConfigurationSection section, IConfiguration root)
    {
        var name = section["ConnectionName"] ?? section["ServiceKey"];
        var connectionString = section["ConnectionString"] ?? (name is null ? null : root.GetConnectionString(name));
        return connectionString is null
            ? throw new InvalidRequestException("config.no_connection_string", $"Clustering by IngoDB needs ConnectionStrings:{name ?? "<ServiceKey>"} with the cluster's folder.", example: $"ConnectionStrings__{name ?? "ingodb"}=Cluster=./data/cluster")
            : Parse(connectionString);
    }
}
