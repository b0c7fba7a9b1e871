// Partitions plan for themselves and may differ: one has the index already, another does not. Explain therefore shows
// the sum first, since that is what a query costs, and every partition's own plan behind it. Whatever is asked, what reaches
// documents are scans, and they are what is planned:
//
//   scan, aggregate   the scan of its filter            get    the scan of its ids
//   traverse, path    that of the start, and for each hop the join, planned for one value that its target holds

using IngoDB.Abstractions;
using IngoDB.Grains.Collections;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>The plans of all partitions, side by side under the numbers that they add up to. One use.</summary>
internal sealed class ExplainCoordinator(RequestScope scope, bool execute, IGrainFactory grains)
{
    /// <param name="collections">By name: where the query begins, and where its hops lead.</param>
    /// <param name="walked">What a walk cost when it was run; a scan is measured where it runs.</param>
    public async ValueTask<PageReply> RunAsync(Query query, IReadOnlyDictionary<string, uint> collections, Document? walked)
    {
        var plan = query switch
        {
            GetQuery get => await PlanAsync(new ScanQuery { From = get.From, Where = new InFilter(FieldNames.Id, [.. get.Ids.Select(id => id.ToValue())]), Select = get.Select }, collections[get.From], execute).ConfigureAwait(false),
            TraverseQuery traverse => await WalkAsync("traverse", traverse.From, traverse.Start, traverse.Hops, collections).ConfigureAwait(false),
            PathQuery path => await WalkAsync("path", path.From, path.Start, path.Hops, collections).ConfigureAwait(false),
            _ => await PlanAsync(query, collections[query.From], execute).ConfigureAwait(false),
        };
        if (walked is not null) plan = plan.With("measured", walked);
        return new() { Value = SingleDocument.Write(plan), MissingPartitions = scope.Missing, Warnings = scope.Warnings };
    }

    private async ValueTask<Document> WalkAsync(string kind, string from, Filter? start, IReadOnlyList<Hop> hops, IReadOnlyDictionary<string, uint> collections)
    {
        var joins = new List<Value>(hops.Count);
        foreach (var hop in hops) joins.Add(await JoinAsync(hop, collections[hop.To.Collection]).ConfigureAwait(false));
        return Document.Of(
            ("kind", kind),
            ("start", await PlanAsync(new ScanQuery { From = from, Where = start }, collections[from], execute).ConfigureAwait(false)),
            ("hops", Value.From([.. joins])));
    }

    /// <summary>A frontier's values go to their partitions at once; how one of them is found is what an index changes.</summary>
    private async ValueTask<Document> JoinAsync(Hop hop, uint collection)
    {
        var join = new DocumentBuilder().Add("join", $"{hop.Field} = {hop.To.Collection}.{hop.To.Field}").Add("min", hop.Min).Add("max", hop.Max);
        if (hop.To.Field.IsId) return join.Add("access", "point reads, in one message to each partition that owns some").Build();
        var held = Filter.Exists(hop.To.Field);
        var sample = await SampleAsync(new ScanQuery { From = hop.To.Collection, Where = held, Select = [hop.To.Field], Limit = 1 }, collection, hop.To.Field).ConfigureAwait(false);
        if (sample.Kind == ValueKind.Missing) return join.Add("access", "none: no document holds a value there").Build();
        var one = Filter.Eq(hop.To.Field, sample);
        var plan = await PlanAsync(new ScanQuery { From = hop.To.Collection, Where = hop.Where is null ? one : Filter.And(one, hop.Where) }, collection, run: false).ConfigureAwait(false);
        return join.Add("access", "one message to each partition, where the values are looked up together").Add("forOneValue", plan).Build();
    }

    private async ValueTask<Value> SampleAsync(ScanQuery query, uint collection, FieldPath field)
    {
        var now = await SnapshotClock.NowAsync(scope).ConfigureAwait(false);
        var page = await new ScanCoordinator(scope, query, collection, QueryCoordinator.PageBytesDefault).RunAsync(new(now, QueryCoordinator.NewScan(), Given: 0, After: [])).ConfigureAwait(false);
        if (page.Writer.Count == 0) return default;
        var held = field.WithoutFanOut.In(DocumentPageReader.DecodeAll(page.Writer.Finish())[0]);
        return held.Kind != ValueKind.Array ? held : held.AsArray() is { Length: > 0 } many ? many.Span[0] : default;
    }

    private async ValueTask<Document> PlanAsync(Query query, uint collection, bool run)
    {
        var (where, limit) = query switch
        {
            ScanQuery scan => (scan.Where, scan.Limit is { } some ? some + scan.Skip : 0),
            AggregateQuery aggregate => (aggregate.Where, 0),
            _ => throw new InvariantViolationException($"a {query.GetType().Name} is not planned as a whole"),
        };
        var partitions = IdScope.PartitionsOf(scope.Map, where);
        var request = new PartitionScan { Query = LiquidBinary.Write(Latest(query)), CollectionId = collection, Snapshot = 0, Limit = limit };
        var replies = await Task.WhenAll(partitions.Select(p => scope.TryAskAsync(p, grain => grain.ExplainAsync(request, run, scope.Cancellation), static reply => reply.Fault).AsTask())).ConfigureAwait(false);
        scope.ThrowIfAllMissing(partitions.Count);

        var plans = partitions.Zip(replies).Where(p => p.Second is not null).Select(p => (Partition: p.First, Plan: SingleDocument.Read(p.Second!.Value)!)).ToList();
        return await WithLearningAsync(Merge(partitions.Count, plans), collection).ConfigureAwait(false);
    }

    /// <summary>What would be learned is decided over all partitions, so it is said once: which index, when, or why not.</summary>
    private async ValueTask<Document> WithLearningAsync(Document plan, uint collection)
    {
        if (plan["shape"] is not { Kind: ValueKind.String } shape) return plan;
        var reply = await grains.GetGrain<ICollectionGrain>(CollectionKey.Of(scope.Map.Name, collection)).ExplainAsync(shape.AsString(), scope.Cancellation).ConfigureAwait(false);
        return reply.Fault is null ? plan.With("learning", SingleDocument.Read(reply.Value)!["learning"]) : plan;
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
        if (plans.Count == 0) return sum.Build();
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
