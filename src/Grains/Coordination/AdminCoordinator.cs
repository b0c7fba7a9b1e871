// Named operations, each a document in and a document out: the same list for the command line, the console and agents.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Collections;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs admin operations. Thread-safe.</summary>
internal sealed class AdminCoordinator(CatalogView catalog, ClusterCatalog records, NodeDirectory nodes, PartitionRouter router, CollectionCoordinator collections, LearningCoordinator learning, ChangeFeedCoordinator changes, ClusterCoordinator cluster, IGrainFactory grains)
{
    private static readonly string[] Operations =
        [.. CollectionCoordinator.Operations, .. LearningCoordinator.Operations, ChangeFeedCoordinator.Operation, .. ClusterCoordinator.Operations, "snapshot.take", "snapshot.renew", "snapshot.release", "cluster.status", "database.flush", "database.compact", "database.settle"];

    public async ValueTask<ValueReply> RunAsync(AdminRequest request, CancellationToken cancellationToken)
    {
        var map = await catalog.GetAsync(request.Database, cancellationToken).ConfigureAwait(false);
        map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
        var scope = new RequestScope(map, router, cancellationToken);
        var argument = SingleDocument.Read(request.Argument) ?? Document.Empty;
        if (request.Operation == ChangeFeedCoordinator.Operation) return new() { Value = await changes.RunAsync(map, argument, cancellationToken).ConfigureAwait(false) };
        var answer = request.Operation switch
        {
            var operation when CollectionCoordinator.Operations.Contains(operation) => await collections.RunAsync(operation, map, argument, cancellationToken).ConfigureAwait(false),
            var operation when LearningCoordinator.Operations.Contains(operation) => await learning.RunAsync(operation, map, argument, cancellationToken).ConfigureAwait(false),
            var operation when ClusterCoordinator.Operations.Contains(operation) => await cluster.RunAsync(operation, map, argument, cancellationToken).ConfigureAwait(false),
            "snapshot.take" => await TakeSnapshotAsync(scope).ConfigureAwait(false),
            "snapshot.renew" => await SnapshotAsync(scope, argument, SnapshotAct.Renew).ConfigureAwait(false),
            "snapshot.release" => await SnapshotAsync(scope, argument, SnapshotAct.Release).ConfigureAwait(false),
            "cluster.status" => await StatusAsync(scope).ConfigureAwait(false),
            "database.flush" => await ActAsync(scope, PartitionAct.Flush).ConfigureAwait(false),
            "database.compact" => await ActAsync(scope, PartitionAct.Compact).ConfigureAwait(false),
            "database.settle" => await SettleAsync(scope).ConfigureAwait(false),
            var unknown => throw new InvalidRequestException("admin.unknown_operation", $"There is no operation '{unknown}'.", "/operation", Operations.MinBy(known => NearestNames.Distance(unknown, known)), Operations[0]),
        };
        return new() { Value = SingleDocument.Write(answer) };
    }

    private static async ValueTask<Document> TakeSnapshotAsync(RequestScope scope)
    {
        var version = await SnapshotClock.NowAsync(scope).ConfigureAwait(false);
        await scope.ToAllAsync(grain => grain.SnapshotAsync(version.Raw, SnapshotAct.Hold, scope.Cancellation), static time => time.Fault).ConfigureAwait(false);
        return Document.Of(("snapshot", SnapshotClock.Token(version)), ("missingPartitions", Missing(scope)));
    }

    private static async ValueTask<Document> SnapshotAsync(RequestScope scope, Document argument, SnapshotAct act)
    {
        if (argument["snapshot"] is not { Kind: ValueKind.String } token) throw new InvalidRequestException("snapshot.no_token", "The argument has no 'snapshot'.", "/snapshot", example: "{\"snapshot\": \"115784263139328000\"}");
        var version = PointInTime.Parse(token.AsString());
        await scope.ToAllAsync(grain => grain.SnapshotAsync(version.Raw, act, scope.Cancellation), static time => time.Fault).ConfigureAwait(false);
        return Document.Of(("snapshot", token), ("missingPartitions", Missing(scope)));
    }

    private static async ValueTask<Document> ActAsync(RequestScope scope, PartitionAct act)
    {
        await scope.ToAllAsync(grain => grain.ActAsync(act, scope.Cancellation), static reply => reply.Fault).ConfigureAwait(false);
        return Document.Of(("missingPartitions", Missing(scope)));
    }

    /// <summary>What was seen so far is learned from, and what was decided is built.</summary>
    private async ValueTask<Document> SettleAsync(RequestScope scope)
    {
        foreach (var collection in scope.Map.Database.Collections)
            FaultCodec.ThrowIfFault((await grains.GetGrain<ICollectionGrain>(CollectionKey.Of(scope.Map.Name, collection.Id)).LearnAsync(scope.Cancellation).ConfigureAwait(false)).Fault);
        return await ActAsync(scope, PartitionAct.Settle).ConfigureAwait(false);
    }

    private async ValueTask<Document> StatusAsync(RequestScope scope)
    {
        var replies = await scope.ToAllAsync(grain => grain.StatusAsync(scope.Cancellation), static reply => reply.Fault).ConfigureAwait(false);
        var live = (await nodes.LiveNodesAsync(scope.Cancellation).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        var known = await records.ReadNodesAsync(scope.Cancellation).ConfigureAwait(false);
        var held = await Task.WhenAll(scope.Map.Partitions.Select(p => HolderAsync(p, scope.Cancellation))).ConfigureAwait(false);
        var partitions = replies.Select((reply, i) => WithCopies(reply is null ? Document.Of(("state", "unavailable")) : SingleDocument.Read(reply.Value)!.With("state", "open"), held[i]).With("partition", i).With("node", held[i].Primary)).ToList();
        return Document.Of(
            ("database", scope.Map.Name),
            ("nodes", Value.From([.. known.Select(n => Value.From(Document.Of(("id", n.NodeId), ("name", n.Name), ("up", live.Contains(n.NodeId)), ("incarnation", n.Incarnation), ("partitions", (long)held.Count(p => p.Primary == n.NodeId)))))])),
            ("documents", partitions.Sum(p => p["documents"] is { Kind: ValueKind.Int64 } n ? n.AsInt64() : 0)),
            ("collections", (long)scope.Map.Database.Collections.Count),
            ("missingPartitions", Missing(scope)),
            ("partitions", Value.From([.. partitions.Select(Value.From)])));
    }

    /// <summary>What the catalog says now: a partition with copies may have moved since the map was read.</summary>
    private async Task<PartitionRecord> HolderAsync(PartitionRecord known, CancellationToken cancellationToken)
        => known.Copies is null ? known : await records.ReadPartitionAsync(known.Database, known.Partition, cancellationToken).ConfigureAwait(false) ?? known;

    private static Document WithCopies(Document partition, PartitionRecord record)
    {
        if (record.Copies is not { } copies) return partition;
        var places = copies.Places.Select(place => Value.From(Document.Of(
            ("copy", place.Copy.ToString("N")), ("node", place.Node), ("primary", place.Copy == copies.Primary), ("inSync", copies.InSync.Contains(place.Copy)), ("wanted", copies.Replicas.Contains(place.Copy)))));
        return partition.With("epoch", record.Epoch).With("inSync", copies.InSync.Count).With("wanted", copies.Replicas.Count).With("minInSync", copies.MinInSync).With("dataLosses", copies.DataLosses).With("copies", Value.From([.. places]));
    }

    private static Value Missing(RequestScope scope) => Value.From([.. scope.Missing.Select(p => Value.From((long)p))]);
}
