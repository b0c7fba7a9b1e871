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
    [Alias("Write"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken);

    /// <summary>A step of an atomic batch over several partitions.</summary>
    [Alias("Transact"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionTransactionReply> TransactAsync(PartitionTransaction step, CancellationToken cancellationToken);

    /// <summary>A write by filter: ChangeCounts as a document.</summary>
    [Alias("Change"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ChangeAsync(PartitionChange request, CancellationToken cancellationToken);

    [Alias("Get"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken);

    [Alias("Scan"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken);

    [Alias("Count"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken);

    /// <summary>Groups in key order, as records that the coordinator merges (GroupFormat in the place of documents).</summary>
    [Alias("Aggregate"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionPage> AggregateAsync(PartitionScan request, CancellationToken cancellationToken);

    [Alias("Join"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken);

    /// <summary>What has changed since a version.</summary>
    [Alias("ReadChanges"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionChangesPage> ReadChangesAsync(PartitionChangesRequest request, CancellationToken cancellationToken);

    [Alias("Explain"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ExplainAsync(PartitionScan request, bool execute, CancellationToken cancellationToken);

    /// <summary>At or above every write that was acknowledged before the call.</summary>
    [Alias("Reserve"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionTime> ReserveAsync(CancellationToken cancellationToken);

    [Alias("Snapshot"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<PartitionTime> SnapshotAsync(ulong version, SnapshotAct act, CancellationToken cancellationToken);

    /// <summary>What the queries of a collection have cost here, as JSON (LearningReport).</summary>
    [Alias("Learning"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> LearningAsync(uint collection, CancellationToken cancellationToken);

    /// <summary>Makes the partition's indexes of a collection those that the catalog has.</summary>
    [Alias("ApplyIndexes"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ApplyIndexesAsync(uint collection, CancellationToken cancellationToken);

    /// <summary>Makes the partition's collections those that the catalog has.</summary>
    [Alias("Reconcile"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ReconcileAsync(CancellationToken cancellationToken);

    /// <summary>What a collection looks like here: documents, bytes, and a CollectionSketch as a document.</summary>
    [Alias("Sketch"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> SketchAsync(uint collection, CancellationToken cancellationToken);

    /// <summary>Names of fields at the top of any document here, as `names`; absent when that is not known.</summary>
    [Alias("FieldNames"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> FieldNamesAsync(CancellationToken cancellationToken);

    [Alias("Status"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> StatusAsync(CancellationToken cancellationToken);

    [Alias("Act"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ActAsync(PartitionAct act, CancellationToken cancellationToken);

    /// <summary>Answers at once when the silo lives.</summary>
    [Alias("Ping"), AlwaysInterleave]
    ValueTask PingAsync();
}
