using IngoDB.Abstractions;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>How many documents match: counted in the partitions at one snapshot, added up here. No groups, so nothing to merge and nothing to keep open.</summary>
internal static class CountCoordinator
{
    /// <summary>The aggregate is nothing but that.</summary>
    public static bool IsCount(AggregateQuery query)
        => query is { By.Count: 0, Having: null, Cursor: null, Budget: null } && query.Compute.All(named => named.Value is { Function: AccumulatorFunction.Count, Field: null });

    public static async ValueTask<PageReply> RunAsync(RequestScope scope, AggregateQuery query, uint collection)
    {
        var snapshot = await QueryCoordinator.SnapshotAsync(scope, query.At).ConfigureAwait(false);
        var request = new PartitionScan { Query = LiquidBinary.Write(query with { At = null, Cursor = null }), CollectionId = collection, Snapshot = snapshot.Raw };
        var partitions = IdScope.PartitionsOf(scope.Map, query.Where);
        var counts = await Task.WhenAll(scope.Present(partitions).Select(p => scope.TryReadAsync(p, snapshot.Raw, reader => reader.CountAsync(request, scope.Cancellation), grain => grain.CountAsync(request, scope.Cancellation)).AsTask())).ConfigureAwait(false);
        scope.ThrowIfAllMissing(partitions.Count);

        var fields = new DocumentBuilder();
        foreach (var (name, _) in query.Compute) fields.Add(name, counts.Sum(count => count?.Count ?? 0));
        return new() { Value = SingleDocument.Write(fields.Build()), Snapshot = snapshot.Raw, MissingPartitions = scope.Missing, Warnings = scope.Warnings };
    }
}
