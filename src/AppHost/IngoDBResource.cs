using Aspire.Hosting.Orleans;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// An IngoDB cluster as one row of the dashboard, the parent of its silos. Its class name is part of the contract:
/// Aspire derives the clustering provider <c>IngoDB</c> from it, the one the silos register.
/// </summary>
/// <param name="name">Names the cluster, the service and the connection string.</param>
/// <param name="directory">Absolute; holds the membership files and one data directory for each silo.</param>
public sealed class IngoDBResource(string name, string directory) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    public string Directory { get; } = directory;

    /// <summary>Where silos and clients find each other.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"Cluster={Path.Combine(Directory, "cluster")}");

    internal OrleansService Orleans { get; set; } = null!;
}
