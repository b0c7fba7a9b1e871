using IngoDB.Abstractions;
using IngoDB.Engine.Statistics;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary><c>collections.stats</c>: the partitions' sketches, summed, as a document for people and tools.</summary>
internal static class StatisticsCoordinator
{
    private const int ShapesShown = 16;
    private static readonly string[] KindNames = ["missing", "null", "bool", "int64", "uint64", "double", "decimal", "string", "bytes", "uuid", "date", "array", "object"];

    public static async ValueTask<Document> RunAsync(RequestScope scope, CollectionRecord collection)
    {
        var replies = await scope.ToAllAsync(grain => grain.SketchAsync(collection.Id, scope.Cancellation), static reply => reply.Fault).ConfigureAwait(false);
        scope.ThrowIfAllMissing(replies.Length);
        var parts = replies.OfType<ValueReply>().Select(reply => SingleDocument.Read(reply.Value)!).ToList();
        var sum = new CollectionSketch();
        foreach (var part in parts) sum.Add(CollectionSketch.From(part["sketch"].AsDocument()));
        return Document.Of(
            ("name", collection.Name), ("id", (long)collection.Id), ("documents", parts.Sum(p => p["documents"].AsInt64())),
            ("bytes", sum.Bytes), ("diskBytes", parts.Sum(p => p["diskBytes"].AsInt64())),
            ("ttlSeconds", collection.TimeToLiveMilliseconds > 0 ? collection.TimeToLiveMilliseconds / 1000 : Value.Null),
            ("fields", Value.From([.. sum.Fields.OrderByDescending(f => f.Value.Present).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => Value.From(Describe(f.Key, f.Value, sum.Rows)))])),
            ("shapes", Value.From([.. sum.Shapes.OrderByDescending(s => s.Value).Take(ShapesShown).Select(s => Value.From(Document.Of(("fields", s.Key), ("rows", s.Value))))])),
            ("shapeCount", (long)sum.Shapes.Count), ("valuesLeftOut", sum.ValuesLeftOut), ("missingPartitions", Value.From([.. scope.Missing.Select(p => Value.From((long)p))])));
    }

    private static Document Describe(string path, FieldSketch field, long rows)
    {
        var types = new DocumentBuilder();
        for (var kind = ValueKind.Null; kind <= ValueKind.Document; kind++)
            if (field.CountOf(kind) is > 0 and var count) types.Add(KindNames[(int)kind], count);
        return Document.Of(
            ("field", path), ("presence", rows == 0 ? 0 : Math.Round((double)field.Present / rows, 4)), ("types", Value.From(types.Build())),
            ("min", field.Min.IsMissing ? Value.Null : field.Min), ("max", field.Max.IsMissing ? Value.Null : field.Max), ("distinct", field.Distinct));
    }
}
