using IngoDB.Cli;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;

namespace IngoDB.Client.Tests.Fakes;

/// <summary>A client over the cluster in memory, with a clock that stands still until a test moves it.</summary>
internal sealed class FakeCluster
{
    public FakeCluster(Action<IngoDBClientOptions>? configure = null)
    {
        var options = new IngoDBClientOptions { Time = Time, Random = new Random(1), RetryDelay = TimeSpan.Zero };
        configure?.Invoke(options);
        Client = new IngoDBClient(Coordinator, options);
    }

    public FakeCoordinator Coordinator { get; } = new();

    public WatchedTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public IngoDBClient Client { get; }

    public IngoDatabase Database => Client.Database();

    /// <summary>Runs the command line against this cluster.</summary>
    public async Task<CliRun> RunAsync(string[] arguments, string input = "", bool tty = false, CancellationToken cancellationToken = default)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var terminal = new Terminal(output, error, new StringReader(input), tty, tty, Color: false, Time);
        var code = await CliRoot.RunAsync(new CliContext(terminal, new Connector(Database)), arguments, cancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    private sealed class Connector(IngoDatabase database) : IConnector
    {
        public Task<Connection> OpenAsync(ConnectionChoice choice, CancellationToken cancellationToken)
            => Task.FromResult(new Connection(database, () => ValueTask.CompletedTask));
    }
}

/// <summary>What a run of the command line said.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error);
