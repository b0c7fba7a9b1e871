// What an operator asks of the cluster: who has which copy and how far it is, to move one, to empty a node, and, when nothing else helps, to make a primary
// of a copy that may lack something. Moves and drains only write down what is wanted (OperatorOrders); the silos that lead the partitions do it,
// one safe step after the other (CopyKeeper).

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.Placement;
using IngoDB.Replication.States;
using Microsoft.Extensions.Logging;

namespace IngoDB.Grains.Coordination;

/// <summary>The operations <c>cluster.copies</c>, <c>cluster.drain</c>, <c>cluster.move</c> and <c>cluster.force_primary</c>. Thread-safe.</summary>
internal sealed partial class ClusterCoordinator(ClusterCatalog catalog, NodeDirectory nodes, ReplicaHost replicas, ReplicaMetrics metrics, ILogger<ClusterCoordinator> logger)
{
    public static readonly string[] Operations = ["cluster.copies", "cluster.drain", "cluster.move", "cluster.force_primary"];

    public async ValueTask<Document> RunAsync(string operation, DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var seen = new Seen(await catalog.ReadNodesAsync(cancellationToken).ConfigureAwait(false), await nodes.LiveNodesAsync(cancellationToken).ConfigureAwait(false));
        return operation switch
        {
            "cluster.drain" => await DrainAsync(seen, argument, cancellationToken).ConfigureAwait(false),
            "cluster.move" => await MoveAsync(seen, map, argument, cancellationToken).ConfigureAwait(false),
            "cluster.force_primary" => await ForceAsync(seen, map, argument, cancellationToken).ConfigureAwait(false),
            _ => await CopiesAsync(seen, map, cancellationToken).ConfigureAwait(false),
        };
    }

    private async ValueTask<Document> CopiesAsync(Seen seen, DatabaseMap map, CancellationToken cancellationToken)
    {
        var databases = await catalog.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false);
        var told = await AskAsync(seen, map.Name, cancellationToken).ConfigureAwait(false);
        var records = databases.FirstOrDefault(database => database.Name == map.Name)?.Partitions ?? map.Partitions;
        var partitions = records.Select(record => CopiesReport.Of(record, seen.Known, seen.Live, told)).ToList();
        var all = databases.SelectMany(database => database.Partitions).ToList();
        return Document.Of(
            ("database", map.Name),
            ("lacking", (long)partitions.Count(partition => partition["missing"].Kind == ValueKind.String)),
            ("nodes", Value.From([.. seen.Known.Select(node => Value.From(Document.Of(
                ("id", node.NodeId), ("name", node.Name), ("zone", node.Zone), ("up", seen.Live.Contains(node.NodeId)), ("draining", node.Draining),
                ("copies", (long)all.Count(record => NodeCounts.IsOn(record, node.NodeId))), ("leads", (long)all.Count(record => record.Primary == node.NodeId)))))])),
            ("partitions", Value.From([.. partitions.Select(Value.From)])));
    }

    private async ValueTask<Document> DrainAsync(Seen seen, Document argument, CancellationToken cancellationToken)
    {
        var target = seen.Find(Text(argument, "node"), "/node");
        var isDraining = argument["cancel"] is not { Kind: ValueKind.Bool } cancel || !cancel.AsBool();
        var partitions = (await catalog.ReadDatabasesAsync(cancellationToken).ConfigureAwait(false)).SelectMany(map => map.Partitions).ToList();
        if (isDraining) OperatorOrders.CheckDrain(target, seen.Placement, partitions);
        await catalog.ChangeNodeAsync(target.NodeId, node => node.Draining == isDraining ? node : node with { Draining = isDraining }, cancellationToken).ConfigureAwait(false);
        LogDraining(logger, target.NodeId, target.Name, isDraining);
        return Document.Of(("node", target.NodeId), ("name", target.Name), ("draining", isDraining), ("copies", (long)partitions.Count(record => NodeCounts.IsOn(record, target.NodeId))));
    }

    private async ValueTask<Document> MoveAsync(Seen seen, DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(map, argument);
        var (from, to) = (seen.Find(Text(argument, "from"), "/from"), seen.Find(Text(argument, "to"), "/to"));
        var changed = await catalog.ChangePartitionAsync(map.Name, partition, record => OperatorOrders.Move(record, from, to, seen.Placement), cancellationToken).ConfigureAwait(false);
        await replicas.NudgeAsync(to.NodeId, map.Name, partition, cancellationToken).ConfigureAwait(false);
        await replicas.NudgeAsync(changed.Primary, map.Name, partition, cancellationToken).ConfigureAwait(false);
        metrics.Copy(map.Name, "moved");
        LogMove(logger, partition, map.Name, from.NodeId, to.NodeId);
        return Document.Of(("partition", partition), ("from", from.NodeId), ("to", to.NodeId), ("state", "ordered"));
    }

    private async ValueTask<Document> ForceAsync(Seen seen, DatabaseMap map, Document argument, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(map, argument);
        var target = seen.Find(Text(argument, "node"), "/node");
        var record = await catalog.ReadPartitionAsync(map.Name, partition, cancellationToken).ConfigureAwait(false) ?? throw new UnavailableException("partition.not_found", $"The catalog has no partition {partition} of '{map.Name}'.");
        var copy = OperatorOrders.CheckForce(record, target, seen.Placement);
        var told = await AskAsync(seen, map.Name, cancellationToken).ConfigureAwait(false);
        var loss = ForcedLoss.Of(record, copy.Value, target, told);
        if (argument["acceptLoss"] is not { Kind: ValueKind.Bool } accept || !accept.AsBool())
            throw new InvalidRequestException("cluster.accept_loss", loss.ToString(), "/acceptLoss", example: "true");
        // Decided on the record that was judged: whoever has taken over meanwhile makes it needless.
        var forced = await catalog.ChangePartitionAsync(map.Name, partition, current => current.ChangeId == record.ChangeId ? ReplicaPlacement.Force(current, copy.Value) : throw Changed(partition), cancellationToken).ConfigureAwait(false);
        metrics.Copy(map.Name, "forced");
        LogForced(logger, partition, map.Name, target.NodeId, loss.LostAtLeast, loss.ToString());
        await replicas.NudgeAsync(target.NodeId, map.Name, partition, cancellationToken).ConfigureAwait(false);
        return Document.Of(("partition", partition), ("primary", target.NodeId), ("lostAtLeast", loss.LostAtLeast), ("notAsked", Value.From([.. loss.NotAsked.Select(Value.From)])), ("dataLosses", forced.Copies!.DataLosses));
    }

    /// <summary>What every copy says of itself, by its id; those of nodes that do not answer are not among them.</summary>
    private async Task<Dictionary<Guid, CopyStatusReply>> AskAsync(Seen seen, string database, CancellationToken cancellationToken)
    {
        var told = await Task.WhenAll(seen.Live.Select(node => replicas.AskAsync(node, database, cancellationToken))).ConfigureAwait(false);
        return told.SelectMany(copies => copies ?? []).GroupBy(copy => copy.Copy).ToDictionary(copies => copies.Key, copies => copies.First());
    }

    private static int PartitionOf(DatabaseMap map, Document argument) => argument["partition"] is { Kind: ValueKind.Int64 } number && number.AsInt64() >= 0 && number.AsInt64() < map.Partitions.Count
        ? (int)number.AsInt64()
        : throw new InvalidRequestException("cluster.unknown_partition", $"'{map.Name}' has the partitions 0 to {map.Partitions.Count - 1}.", "/partition", example: "0");

    private static string Text(Document argument, string name) => argument[name] is { Kind: ValueKind.String } text
        ? text.AsString()
        : throw new InvalidRequestException("cluster.no_node", $"The argument has no '{name}': a node's name or id.", "/" + name, example: "ingodb-1");

    private static ConflictException Changed(int partition) => new("cluster.record_changed", $"Partition {partition} has changed since it was looked at: a copy may have taken over. Look again (cluster.copies).");

    [LoggerMessage(EventId = 3130, Level = LogLevel.Information, Message = "Node {Node} ('{Name}') is to be drained: {Draining}")]
    private static partial void LogDraining(ILogger logger, string node, string name, bool draining);

    [LoggerMessage(EventId = 3131, Level = LogLevel.Information, Message = "The copy of partition {Partition} of '{Database}' on node {From} moves to node {To}")]
    private static partial void LogMove(ILogger logger, int partition, string database, string from, string to);

    [LoggerMessage(EventId = 3132, Level = LogLevel.Critical, Message = "An operator has forced node {Node} to be primary of partition {Partition} of '{Database}'; {Lost} entries at least are lost. {Detail}")]
    private static partial void LogForced(ILogger logger, int partition, string database, string node, long lost, string detail);

    /// <summary>The nodes at one moment.</summary>
    private sealed record Seen(IReadOnlyList<NodeRecord> Known, IReadOnlyCollection<string> Live)
    {
        /// <summary>Who is not up may come back at any time: for an operator nobody is gone.</summary>
        public List<PlacementNode> Placement { get; } = [.. Known.Select(node => new PlacementNode(node.NodeId, node.Zone, node.Draining ? NodeStanding.Draining : Live.Contains(node.NodeId) ? NodeStanding.Up : NodeStanding.Away, Copies: 0))];

        public NodeRecord Find(string text, string path) => OperatorOrders.NodeOf(Known, Live, text, path);
    }
}
