// Promise: the same answer with and without an index, always, in the same order. Asked with filters and sorts on an
// indexed path, the engine gives what the plain reading of the semantics gives over all documents of the collection,
// read in primary order at the same snapshot.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Compares indexed reads with a brute-force reading of the primary.</summary>
public static class IndexAgreesWithPrimaryChecker
{
    /// <summary>Equality and both one-sided ranges at each value that occurs on the path, and the two orders of it.</summary>
    public static void Check(StorageEngine engine, CollectionId collection, FieldPath path, int valuesMax = 20)
    {
        using var snapshot = engine.TakeSnapshot();
        var all = Read(engine, new ScanRequest(collection), snapshot);
        var values = all.Select(path.WithoutFanOut.In).Where(v => !v.IsMissing).Distinct().Take(valuesMax).ToList();
        foreach (var value in values)
            foreach (var filter in (Filter[])[Filter.Eq(path, value), Filter.Gte(path, value), Filter.Lt(path, value)])
                CheckOne(engine, new ScanRequest(collection) { Where = filter }, all, snapshot);
        if (path.FansOut) return;
        foreach (var descending in (bool[])[false, true])
            CheckOne(engine, new ScanRequest(collection) { Sort = [new(path, descending)], Limit = Math.Max(1, all.Count / 2) }, all, snapshot);
    }

    /// <summary>One request against the documents of its snapshot.</summary>
    public static void CheckOne(StorageEngine engine, ScanRequest request, IReadOnlyList<StoredDocument> all, EngineSnapshot? snapshot)
    {
        var expected = all.Where(d => FilterEvaluator.Matches(request.Where, d)).Order(new ScanOrder(request.Sort)).Take(request.Limit ?? int.MaxValue).ToList();
        var actual = Read(engine, request, snapshot);
        if (!expected.SequenceEqual(actual))
            throw new Xunit.Sdk.XunitException($"{request.Where} sorted by {string.Join(", ", request.Sort)}, limit {request.Limit}:\nexpected {Ids(expected)}\n   found {Ids(actual)}\n{engine.Explain(request, execute: false)}");
    }

    private static List<StoredDocument> Read(StorageEngine engine, ScanRequest request, EngineSnapshot? snapshot)
    {
        using var stream = engine.Scan(request, snapshot);
        return stream.ToList();
    }

    private static string Ids(IEnumerable<StoredDocument> documents) => string.Join(' ', documents.Select(d => $"{d.Id}@{d.Version}"));
}
