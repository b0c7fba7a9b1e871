// Keeps the number of copies what it should be. Each silo looks after the partitions that it leads, about once a second: what the planner says of
// the record and the nodes becomes one compare-and-swap, and the node that was ordered a copy is told. Nobody has to be the only one
// who does this; a step that somebody else has made already is not made again, since it is decided on the record that is swapped.
//
//   record + nodes ─► CopyPlanner ─► swap ─► a nudge to the node ─► it makes a copy ─► the primary sends tables and log ─► in-sync ─► ...
//
// A partition that nobody leads has nobody who looks after it: there is nothing from which a copy could be made.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Placement;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

/// <summary>Looks once a second, from when the silo is active until it stops.</summary>
internal sealed partial class CopyKeeper : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    private readonly NodeDirectory _nodes;
    private readonly ClusterCatalog _catalog;
    private readonly ReplicaHost _replicas;
    private readonly ReplicaMetrics _metrics;
    private readonly ILogger<CopyKeeper> _logger;
    private readonly NodeAbsences _absences;
    private readonly Dictionary<(string Database, int Partition), string> _lacks = [];
    private readonly RepeatedLook _looks;

    public CopyKeeper(NodeDirectory nodes, ClusterCatalog catalog, ReplicaHost replicas, IngoDBOptions options, ReplicaMetrics metrics, TimeProvider time, ILogger<CopyKeeper> logger)
    {
        (_nodes, _catalog, _replicas, _metrics, _logger) = (nodes, catalog, replicas, metrics, logger);
        _absences = new(options.ReplaceAfter, time);
        // A catalog that is away, or a record that contradicts itself: what could not be looked at is looked at again.
        _looks = new(nameof(CopyKeeper), LooksEvery, time, LookAsync, e => LogNotLooked(_logger, e));
    }

    public void Participate(ISiloLifecycle lifecycle) => _looks.TakePart(lifecycle, ServiceLifecycleStage.Active + 2, () =>
        _metrics.Observe(() => _replicas.Open.Count(open => open.Replica.Serving is not null && open.Replica.Status() is var status && status.InSync < status.Copies)));

    public void Dispose() => _looks.Dispose();

    private async ValueTask<bool> LookAsync(CancellationToken cancellationToken)
    {
        var leading = _replicas.Open.Where(open => open.Replica.Serving is not null).ToList();
        if (leading.Count == 0) return true;
        var seen = _absences.Look(await _catalog.ReadNodesAsync(cancellationToken).ConfigureAwait(false), await _nodes.LiveNodesAsync(cancellationToken).ConfigureAwait(false));
        var isCounted = false;
        foreach (var (database, partition, replica) in leading)
        {
            if (replica.Catalog.Newest is not { } record) continue;
            var choice = CopyPlanner.Choose(ReplicaPlacement.StateOf(record), seen);
            Lacks(database, partition, (choice as CopyChoice.Rest)?.Lack);
            if (choice is CopyChoice.Order && !isCounted) (seen, isCounted) = (await CountedAsync(seen, cancellationToken).ConfigureAwait(false), true);
            if (choice is not CopyChoice.Rest) record = await StepAsync(replica, database, partition, seen, cancellationToken).ConfigureAwait(false);
            foreach (var ordered in record.Copies!.Ordered) await _replicas.NudgeAsync(ordered, database, partition, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task<PartitionRecord> StepAsync(Replica replica, string database, int partition, List<PlacementNode> seen, CancellationToken cancellationToken)
    {
        CopyChoice choice = new CopyChoice.Rest();
        var record = await _catalog.ChangePartitionAsync(database, partition, current => ReplicaPlacement.Apply(current, choice = CopyPlanner.Choose(ReplicaPlacement.StateOf(current), seen)), cancellationToken).ConfigureAwait(false);
        replica.Post(CatalogChanged.Now);
        switch (choice)
        {
            case CopyChoice.Order order:
                var at = seen.FindIndex(node => node.Id == order.Node);
                seen[at] = seen[at] with { Copies = seen[at].Copies + 1 };
                _metrics.Copy(database, "ordered");
                LogOrdered(_logger, partition, database, order.Node);
                break;
            case CopyChoice.CancelOrder cancel:
                _metrics.Copy(database, "cancelled");
                LogCancelled(_logger, partition, database, cancel.Node);
                break;
            case CopyChoice.Retire retire:
                _metrics.Copy(database, "retired");
                LogRetired(_logger, partition, database, retire.Copy);
                break;
            case CopyChoice.Stay stay: LogStays(_logger, partition, database, stay.Copy); break;
            case CopyChoice.RaiseFloor floor: LogRaised(_logger, partition, database, floor.MinIsr); break;
            default: break;
        }

        return record;
    }

    /// <summary>With how many copies each has, of all databases.</summary>
    private async Task<List<PlacementNode>> CountedAsync(List<PlacementNode> seen, CancellationToken cancellationToken)
    {
        var records = (await _catalog.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false)).SelectMany(map => map.Partitions).ToList();
        return [.. seen.Select(node => node with { Copies = records.Count(record => NodeCounts.IsOn(record, node.Id)) })];
    }

    /// <summary>Said once when it begins, not every second.</summary>
    private void Lacks(string database, int partition, string? lack)
    {
        if (_lacks.GetValueOrDefault((database, partition)) == lack) return;
        if (lack is null)
        {
            _lacks.Remove((database, partition));
            return;
        }

        _lacks[(database, partition)] = lack;
        LogLack(_logger, partition, database, lack);
    }

    [LoggerMessage(EventId = 3120, Level = LogLevel.Information, Message = "Partition {Partition} of '{Database}' lacks a copy: node {Node} shall make one")]
    private static partial void LogOrdered(ILogger logger, int partition, string database, string node);

    [LoggerMessage(EventId = 3121, Level = LogLevel.Information, Message = "Node {Node} shall not make a copy of partition {Partition} of '{Database}' any more: it is not up, or has one")]
    private static partial void LogCancelled(ILogger logger, int partition, string database, string node);

    [LoggerMessage(EventId = 3122, Level = LogLevel.Information, Message = "Partition {Partition} of '{Database}' has enough copies without {Copy}, which is not wanted any more")]
    private static partial void LogRetired(ILogger logger, int partition, string database, Replication.Members.CopyId copy);

    [LoggerMessage(EventId = 3123, Level = LogLevel.Information, Message = "Partition {Partition} of '{Database}' keeps at least {MinInSync} copies in sync again")]
    private static partial void LogRaised(ILogger logger, int partition, string database, int minInSync);

    [LoggerMessage(EventId = 3124, Level = LogLevel.Warning, Message = "Partition {Partition} of '{Database}': {Lack}")]
    private static partial void LogLack(ILogger logger, int partition, string database, string lack);

    [LoggerMessage(EventId = 3126, Level = LogLevel.Warning, Message = "Copy {Copy} of partition {Partition} of '{Database}' was to move, and there is no node any more that could take it: it stays")]
    private static partial void LogStays(ILogger logger, int partition, string database, Replication.Members.CopyId copy);

    [LoggerMessage(EventId = 3125, Level = LogLevel.Warning, Message = "The copies that this silo leads could not be looked after; it is tried again")]
    private static partial void LogNotLooked(ILogger logger, Exception error);
}
