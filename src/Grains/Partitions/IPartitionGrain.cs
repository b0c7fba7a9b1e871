// What a partition answers. The requests carry collection ids and snapshots as numbers, since the coordinator has
// already asked the catalog; the key carries the epoch, so that a route from before a hand-off leads nowhere rather
// than to the wrong owner.

using IngoDB.Abstractions;
using Orleans.Concurrency;

namespace IngoDB.Grains.Partitions;

/// <summary>
/// One partition, where its data is. Key: PartitionKey (<c>database/partition/epoch</c>). Called by coordinators and
/// collections only, never by clients, since a client's call that was forwarded to a dying silo would hang.
/// </summary>
[Alias("ingodb.IPartitionGrain")]
internal interface IPartitionGrain : IGrainWithStringKey
{
    [Alias("Write")]
    ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken);

    [Alias("Get")]
    ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken);

    [Alias("Scan")]
    ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken);

    [Alias("Count")]
    ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken);

    [Alias("Join")]
    ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken);

    [Alias("Explain")]
    ValueTask<ValueReply> ExplainAsync(PartitionScan request, bool execute, CancellationToken cancellationToken);

    /// <summary>At or above every write that was acknowledged before the call.</summary>
    [Alias("Reserve")]
    ValueTask<PartitionTime> ReserveAsync(CancellationToken cancellationToken);

    [Alias("Snapshot")]
    ValueTask<PartitionTime> SnapshotAsync(ulong version, SnapshotAct act, CancellationToken cancellationToken);

    /// <summary>What the queries of a collection have cost here, as JSON (LearningReport).</summary>
    [Alias("Learning")]
    ValueTask<ValueReply> LearningAsync(uint collection, CancellationToken cancellationToken);

    /// <summary>Makes the partition's indexes of a collection those that the catalog has.</summary>
    [Alias("ApplyIndexes")]
    ValueTask<ValueReply> ApplyIndexesAsync(uint collection, CancellationToken cancellationToken);

    [Alias("Status")]
    ValueTask<ValueReply> StatusAsync(CancellationToken cancellationToken);

    [Alias("Act")]
    ValueTask<ValueReply> ActAsync(PartitionAct act, CancellationToken cancellationToken);

    /// <summary>Answers at once when the silo lives.</summary>
    [Alias("Ping"), AlwaysInterleave]
    ValueTask PingAsync();
}
