// Where a running cluster changes its catalog: one activation, so that changes seldom collide. It holds nothing and
// everything it does is a compare-and-swap, so a second activation (Orleans allows one for a moment when silos fail)
// can do no harm.
//
// A new database is spread over the nodes that are up when it is first used. A cluster that is just being started
// says how many to wait for (IngoDB:MinimumNodes), so that the first silo does not get everything.

using IngoDB.Abstractions;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Replicas;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Changes of the catalog. Key is always 0.</summary>
[Alias("ingodb.ICatalogGrain")]
internal interface ICatalogGrain : IGrainWithIntegerKey
{
    [Alias("EnsureDatabase"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> EnsureDatabaseAsync(string name, CancellationToken cancellationToken);

    [Alias("EnsureCollection"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> EnsureCollectionAsync(string database, string name, CancellationToken cancellationToken);

    [Alias("DefineIndex"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> DefineIndexAsync(string database, uint collection, string path, string cause, CancellationToken cancellationToken);

    [Alias("DropIndex"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> DropIndexAsync(string database, uint collection, string path, CancellationToken cancellationToken);
}

internal sealed class CatalogGrain(ClusterCatalog catalog, NodeDirectory nodes, ReplicaHost replicas, IngoDBOptions options, TimeProvider time) : Grain, ICatalogGrain
{
    private static readonly TimeSpan NodesPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan NodesPause = TimeSpan.FromMilliseconds(50);

    public ValueTask<ValueReply> EnsureDatabaseAsync(string name, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        if (!CollectionName.IsValidDatabase(name)) throw CollectionName.RefusedDatabase(name);
        if (await catalog.ReadDatabaseAsync(name, cancellationToken) is not null) return;
        var map = await catalog.EnsureDatabaseAsync(new(name, options.Partitions, options.Buffered, options.Copies, options.MinInSyncOrDefault), await EnoughNodesAsync(cancellationToken), cancellationToken);
        await OpenCopiesAsync(map, cancellationToken);
    });

    /// <summary>
    /// Copies open when somebody speaks to them. A partition that nobody has asked for yet would have none, and be missing wherever somebody looks whether all is well. Those
    /// that follow are told first: the first to lead changes the record, and who comes after that to an empty folder counts as lost.
    /// </summary>
    private async ValueTask OpenCopiesAsync(DatabaseMap map, CancellationToken cancellationToken)
    {
        foreach (var partition in map.Partitions)
            foreach (var place in (partition.Copies?.Places ?? []).OrderBy(place => place.Node == partition.Primary))
                await replicas.NudgeAsync(place.Node, map.Name, partition.Partition, cancellationToken);
    }

    public ValueTask<ValueReply> EnsureCollectionAsync(string database, string name, CancellationToken cancellationToken)
        => AnswerAsync(async () => await catalog.EnsureCollectionAsync(database, name, cancellationToken));

    public ValueTask<ValueReply> DefineIndexAsync(string database, uint collection, string path, string cause, CancellationToken cancellationToken)
        => AnswerAsync(async () => await catalog.DefineIndexAsync(database, new(collection, path, cause), cancellationToken));

    public ValueTask<ValueReply> DropIndexAsync(string database, uint collection, string path, CancellationToken cancellationToken)
        => AnswerAsync(async () => await catalog.DropIndexAsync(database, collection, path, cancellationToken));

    /// <summary>Failures travel as data.</summary>
    private static async ValueTask<ValueReply> AnswerAsync(Func<Task> change)
    {
        try
        {
            await change();
            return new();
        }
        catch (IngoDBException e)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private async ValueTask<IReadOnlyList<string>> EnoughNodesAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var live = await nodes.LiveNodesAsync(cancellationToken);
            if (live.Count >= Math.Max(options.MinimumNodes, options.Copies)) return [.. live];
            if (time.GetElapsedTime(began) > NodesPatience)
                throw new UnavailableException("cluster.forming", $"{live.Count} of the {Math.Max(options.MinimumNodes, options.Copies)} nodes that a new database waits for are up. Start the others, or lower IngoDB:MinimumNodes or IngoDB:Copies.");
            await Task.Delay(NodesPause, time, cancellationToken);
        }
    }
}
