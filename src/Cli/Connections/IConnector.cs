using IngoDB.Client;

namespace IngoDB.Cli.Connections;

/// <summary>Which database a command talks to: a running cluster's shared folder, or a data folder of its own.</summary>
internal sealed record ConnectionChoice(string? ClusterDirectory, string? DataDirectory);

/// <summary>A database for the time of one command.</summary>
internal sealed class Connection(IngoDatabase database, Func<ValueTask> close) : IAsyncDisposable
{
    public IngoDatabase Database { get; } = database;

    public ValueTask DisposeAsync() => close();
}

/// <summary>Opens connections; tests bring one to a cluster in memory.</summary>
internal interface IConnector
{
    Task<Connection> OpenAsync(ConnectionChoice choice, CancellationToken cancellationToken);
}
