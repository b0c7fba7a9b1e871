// Partitions plan for themselves and may differ: one has the index already, another does not. Explain therefore shows
// the sum first, since that is what a query costs, and every partition's own plan behind it.

using IngoDB.Abstractions;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The plans of all partitions, side by side under the numbers that they add up to.</summary>
internal static class ExplainCoordinator
{
    public static async ValueTask<PageReply> RunAsync(RequestScope scope, Query query, uint collection, bool execute)
    {
        var (where, limit) = query switch
        {
            ScanQuery scan => (scan.Where, scan.Limit is { } some ? some + scan.Skip : 0),
            AggregateQuery aggregate => (aggregate.Where, 0),
            _ => throw NotYet.Refuse($"explain of {query.GetType().Name}", "explain of a scan or an aggregate"),
        };
        var partitions = IdScope.PartitionsOf(scope.Map, where);
        var request = new PartitionScan { Query = LiquidBinary.Write(Latest(query)), CollectionId = collection, Snapshot = 0, Limit = limit };
        var replies = await Task.WhenAll(partitions.Select(p => scope.TryAskAsync(p, grain => grain.ExplainAsync(request, execute, scope.Cancellation), static reply => reply.Fault).AsTask())).ConfigureAwait(false);
        scope.ThrowIfAllMissing(partitions.Count);

        var plans = partitions.Zip(replies).Where(p => p.Second is not null).Select(p => (Partition: p.First, Plan: SingleDocument.Read(p.Second!.Value)!)).ToList();
        return new() { Value = SingleDocument.Write(Merge(partitions.Count, plans)), MissingPartitions = scope.Missing, Warnings = scope.Warnings };
    }

    private static Query Latest(Query query) => query switch
    {
        ScanQuery scan => scan with { At = null, Cursor = null },
        AggregateQuery aggregate => aggregate with { At = null, Cursor = null },
        var other => other,
    };

    private static Document Merge(int partitions, IReadOnlyList<(int Partition, Document Plan)> plans)
        => Sum([.. plans.Select(p => p.Plan)]).With("partitions", partitions)
            .With("plans", Value.From([.. plans.Select(p => Value.From(p.Plan.With("partition", p.Partition)))]));

    /// <summary>Numbers are added up, documents field by field; what is the same in all plans is said once, what differs is left to them.</summary>
    private static Document Sum(IReadOnlyList<Document> plans)
    {
        var sum = new DocumentBuilder();
        foreach (var (name, first) in plans[0])
        {
            var values = plans.Select(plan => plan[name]).ToList();
            if (values.TrueForAll(v => v.Kind == ValueKind.Int64)) sum.Add(name, values.Sum(v => v.AsInt64()));
            else if (values.TrueForAll(v => v.Kind == ValueKind.Double)) sum.Add(name, values.Sum(v => v.AsDouble()));
            else if (values.TrueForAll(v => v.Kind == ValueKind.Document)) sum.Add(name, Sum([.. values.Select(v => v.AsDocument())]));
            else if (values.TrueForAll(v => v == first)) sum.Add(name, first);
        }

        return sum.Build();
    }
}
