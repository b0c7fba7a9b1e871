using IngoDB.Abstractions;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>How many documents match: counted in the partitions at one snapshot, added up here.</summary>
internal static class CountCoordinator
{
    public static async ValueTask<PageReply> RunAsync(RequestScope scope, AggregateQuery query, uint collection)
    {
        if (query.By.Count > 0 || query.Having is not null || query.Compute.Any(c => c.Value is not { Function: AccumulatorFunction.Count, Field: null }))
            throw NotYet.Refuse("aggregate beyond count", "\"compute\": {\"n\": {\"fn\": \"count\"}}", "/compute");

        var snapshot = await QueryCoordinator.SnapshotAsync(scope, query.At).ConfigureAwait(false);
        var request = new PartitionScan { Query = LiquidBinary.Write(query with { At = null, Cursor = null }), CollectionId = collection, Snapshot = snapshot.Raw };
        var partitions = IdScope.PartitionsOf(scope.Map, query.Where);
        var counts = await Task.WhenAll(scope.Present(partitions).Select(p => scope.TryAskAsync(p, grain => grain.CountAsync(request, scope.Cancellation), static page => page.Fault).AsTask())).ConfigureAwait(false);
        scope.ThrowIfAllMissing(partitions.Count);

        var fields = new DocumentBuilder();
        foreach (var (name, _) in query.Compute) fields.Add(name, counts.Sum(count => count?.Count ?? 0));
        return new() { Value = SingleDocument.Write(fields.Build()), Snapshot = snapshot.Raw, MissingPartitions = scope.Missing, Warnings = scope.Warnings };
    }
}
