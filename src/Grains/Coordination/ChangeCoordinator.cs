// Writes by filter. One point in time for all partitions; where a number is expected (or nothing is to be written) all of them count
// first, and any that can not be asked refuses the whole. Only then the partitions write, side by side, each on its own.
//
//   snapshot ──► count everywhere ──► as expected? ──► write everywhere ──► sums
//
// A request that has begun somewhere before is not counted again: its first steps have changed what matches. When a partition fails on the
// way, the others have written what they have; the outcome is told as unknown, and the request, sent again, goes on.

using System.IO.Hashing;
using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Runs writes by filter over the partitions. Thread-safe.</summary>
internal sealed class ChangeCoordinator(CatalogView catalog, PartitionRouter router)
{
    public async ValueTask<ValueReply> RunAsync(ChangeRequest request, CancellationToken cancellationToken)
    {
        if (LiquidBinary.Read(request.Ast) is not WhereWrite write) throw new InvalidRequestException("query.unknown_kind", "This is not a write by filter.", "/kind", "updateWhere or deleteWhere");
        LiquidValidator.Validate(write);
        var map = await catalog.GetAsync(request.Database, cancellationToken).ConfigureAwait(false);
        try
        {
            return new() { Value = SingleDocument.Write(ChangeCounts.Of(await RunAsync(map, request, write, cancellationToken).ConfigureAwait(false))) };
        }
        catch (InvalidRequestException e) when (StaleNames.Are(e.Code))
        {
            map = await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false);
            return new() { Value = SingleDocument.Write(ChangeCounts.Of(await RunAsync(map, request, write, cancellationToken).ConfigureAwait(false))) };
        }
    }

    private async ValueTask<WhereResult> RunAsync(DatabaseMap map, ChangeRequest request, WhereWrite write, CancellationToken cancellationToken)
    {
        (map, var collection) = await catalog.FindCollectionAsync(map, write.Into, cancellationToken).ConfigureAwait(false);
        if (collection is null) throw NearestNames.NotFound(map, write.Into, write is DeleteWhereWrite ? "/from" : "/into");
        var scope = new RequestScope(map, router, cancellationToken);
        var partitions = IdScope.PartitionsOf(map, write.Where);
        var snapshot = await SnapshotClock.NowAsync(scope).ConfigureAwait(false);
        if (write.DryRun || write.Expected is not null)
        {
            var counted = await Task.WhenAll(partitions.Select(p => CountAsync(scope, p, RequestOf(request, write, collection.Id, snapshot, countOnly: true)))).ConfigureAwait(false);
            var matched = counted.Sum(c => c.Matched);
            var hasBegun = Array.Exists(counted, c => c.HasBegun);
            if (!hasBegun && write.Expected is { } expected && matched != expected)
                throw new ConflictException("write.unexpected_count", $"{matched} documents match, not {expected}; nothing was written. Look at them with a scan, or with dryRun, and decide.");
            if (write.DryRun) return new(matched, 0, 0, 0);
        }

        var change = RequestOf(request, write, collection.Id, snapshot, countOnly: false);
        return Sum(await Task.WhenAll(partitions.Select(p => ChangeAsync(scope, p, change))).ConfigureAwait(false));
    }

    private static PartitionChange RequestOf(ChangeRequest request, WhereWrite write, uint collection, DocumentVersion snapshot, bool countOnly) => new()
    {
        // What was expected of all partitions together is nothing to expect of one.
        Ast = LiquidBinary.Write(write with { Expected = null, DryRun = false }),
        CollectionId = collection,
        Snapshot = snapshot.Raw,
        CountOnly = countOnly,
        Session = request.Session,
        Sequence = request.Sequence,
        Fingerprint = request.Session == Guid.Empty ? 0 : XxHash3.HashToUInt64(request.Ast),
        Buffered = request.Buffered,
    };

    private static async Task<(long Matched, bool HasBegun)> CountAsync(RequestScope scope, int partition, PartitionChange request)
    {
        var reply = await scope.AskAsync(partition, grain => grain.ChangeAsync(request, scope.Cancellation)).ConfigureAwait(false);
        FaultCodec.ThrowIfFault(reply.Fault);
        var counts = SingleDocument.Read(reply.Value)!;
        return (counts["matched"].AsInt64(), counts["hasBegun"].AsBool());
    }

    private static async Task<ValueReply> ChangeAsync(RequestScope scope, int partition, PartitionChange request)
    {
        try
        {
            return await scope.TellAsync(partition, grain => grain.ChangeAsync(request, scope.Cancellation), isRepeatable: request.Session != Guid.Empty).ConfigureAwait(false);
        }
        catch (IngoDBException e)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private static WhereResult Sum(ValueReply[] replies)
    {
        var done = replies.Where(reply => reply.Fault is null).Select(reply => ChangeCounts.Read(SingleDocument.Read(reply.Value)!)).ToList();
        if (Array.Find(replies, reply => reply.Fault is not null)?.Fault is not { } fault) return ChangeCounts.Sum(done);
        var error = FaultCodec.ToException(fault);
        if (done.Count == 0 && error is InvalidRequestException or ConflictException) throw error;
        throw new UnknownOutcomeException($"{done.Count} of {replies.Length} partitions have written all that matches ({done.Sum(d => d.Modified)} documents), others may have written some: {fault.Message} Sent again under the same number, the request goes on.", error);
    }
}
