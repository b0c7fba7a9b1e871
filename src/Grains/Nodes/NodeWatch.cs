// A copy of a data folder that is started elsewhere claims the same node, and the catalog gives it to the later start. The former
// process holds the lock of its own folder and notices nothing by itself; so it looks, every few seconds, and stops when it is not the
// node any more. Until then both would serve, each from its own disk.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Nodes;

/// <summary>Stops this process when a later one is the node.</summary>
internal sealed partial class NodeWatch : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    public static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);

    private readonly NodeIdentity _node;
    private readonly ClusterCatalog _catalog;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger<NodeWatch> _logger;
    private readonly RepeatedLook _looks;

    public NodeWatch(NodeIdentity node, ClusterCatalog catalog, IHostApplicationLifetime host, TimeProvider time, ILogger<NodeWatch> logger)
    {
        (_node, _catalog, _host, _logger) = (node, catalog, host, logger);
        // A catalog that is away says nothing about who we are; it will be asked again.
        _looks = new(nameof(NodeWatch), LooksEvery, time, LookAsync, e => LogUnknown(_logger, e));
    }

    public void Participate(ISiloLifecycle lifecycle) => _looks.TakePart(lifecycle, ServiceLifecycleStage.Active);

    public void Dispose() => _looks.Dispose();

    private async ValueTask<bool> LookAsync(CancellationToken cancellationToken)
    {
        if (!await _catalog.IsSupersededAsync(_node.Id, _node.Incarnation, cancellationToken).ConfigureAwait(false)) return true;
        LogSuperseded(_logger, _node.Id, _node.Incarnation, _node.Directory);
        _host.StopApplication();
        return false;
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Critical, Message = "Node {Node} was started again elsewhere; this is start {Incarnation}, from {Folder}, and stops: one of the two folders is a copy")]
    private static partial void LogSuperseded(ILogger logger, string node, ulong incarnation, string folder);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Debug, Message = "The catalog does not answer; whether another process claims this node is not known")]
    private static partial void LogUnknown(ILogger logger, Exception error);
}
