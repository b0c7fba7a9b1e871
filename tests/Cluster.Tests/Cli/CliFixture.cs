using IngoDB.TestKit.Files;
using IngoDB.TestKit.Processes;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>A folder, and the machine to oneself: these tests start real processes.</summary>
public sealed class CliFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private IDisposable? _machine;

    public string Folder => _folder.Path;

    public async ValueTask InitializeAsync() => _machine = await MachineLock.AcquireAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _machine?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A folder of this name that nobody used before.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
}
