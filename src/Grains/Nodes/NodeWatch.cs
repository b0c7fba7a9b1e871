// A copy of a data folder that is started elsewhere claims the same node, and the catalog gives it to the later start. The former
// process holds the lock of its own folder and notices nothing by itself; so it looks, every few seconds, and stops when it is not the
// node any more. Until then both would serve, each from its own disk.

using IngoDB.Grains.Catalog;
using IngoDB.Model;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Nodes;

/// <summary>Stops this process when a later one is the node.</summary>
internal sealed partial class NodeWatch(NodeIdentity node, ClusterCatalog catalog, IHostApplicationLifetime host, TimeProvider time, ILogger<NodeWatch> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    public static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _looking = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(NodeWatch), ServiceLifecycleStage.Active, _ =>
    {
        _looking = LookAsync();
        return Task.CompletedTask;
    }, async _ =>
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
    });

    public void Dispose() => _stopping.Dispose();

    private async Task LookAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(LooksEvery, time, _stopping.Token).ConfigureAwait(false);
                if (!await IsSupersededAsync().ConfigureAwait(false)) continue;
                LogSuperseded(logger, node.Id, node.Incarnation, node.Directory);
                host.StopApplication();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task<bool> IsSupersededAsync()
    {
        try
        {
            return await catalog.IsSupersededAsync(node.Id, node.Incarnation, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A catalog that is away says nothing about who we are; it will be asked again.
            LogUnknown(logger, e);
            return false;
        }
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Critical, Message = "Node {Node} was started again elsewhere; this is start {Incarnation}, from {Folder}, and stops: one of the two folders is a copy")]
    private static partial void LogSuperseded(ILogger logger, string node, ulong incarnation, string folder);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Debug, Message = "The catalog does not answer; whether another process claims this node is not known")]
    private static partial void LogUnknown(ILogger logger, Exception error);
}
