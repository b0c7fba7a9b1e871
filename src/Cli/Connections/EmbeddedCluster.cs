using IngoDB.Client;
using IngoDB.Silo;

namespace IngoDB.Cli.Connections;

/// <summary>Silos in this process over a data folder, silent, for as long as a command runs.</summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly SiloGroup _silos;

    private EmbeddedCluster(SiloGroup silos)
    {
        _silos = silos;
        Database = new IngoDBClient(silos.Silos[0].Grains).Database();
    }

    public IngoDatabase Database { get; }

    /// <summary>As many silos as have lived in the folder; their partitions would be missing otherwise.</summary>
    public static int SilosIn(string directory)
        => Directory.Exists(directory) ? Math.Max(1, Directory.EnumerateDirectories(directory, $"{SiloSettings.ClusterName}-*").Count()) : 1;

    /// <exception cref="Model.UnavailableException"><c>node.folder_in_use</c>: a cluster runs on this folder; connect to it instead.</exception>
    public static async Task<EmbeddedCluster> StartAsync(string directory, int silos, CancellationToken cancellationToken)
    {
        var quiet = new Dictionary<string, string?> { ["Logging:Console:LogLevel:Default"] = "None" }; // stdout is for data
        var settings = Enumerable.Range(1, silos).Select(number => SiloSettings.Numbered(directory, number, silos) with { More = quiet });
        return new EmbeddedCluster(await SiloGroup.StartAsync(settings, cancellationToken: cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await _silos.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _silos.DisposeAsync().ConfigureAwait(false);
    }
}
