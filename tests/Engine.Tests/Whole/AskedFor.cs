using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Whole;

/// <summary>Small random documents and questions about them, in which every kind of value meets every other.</summary>
internal static class AskedFor
{
    public static IReadOnlyList<FieldPath> Paths { get; } = ["a", "b", "tags[]", "nested.c", "_expires"];

    public static Document Document(Random random, DateTimeOffset now)
    {
        var fields = new DocumentBuilder();
        if (random.Next(4) > 0) fields.Add("a", Scalar(random));
        if (random.Next(4) > 0) fields.Add("b", random.Next(10));
        if (random.Next(3) == 0) fields.Add("tags", Value.From([.. Enumerable.Range(0, random.Next(4)).Select(_ => Scalar(random))]));
        if (random.Next(3) == 0) fields.Add("nested", Model.Document.Of(("c", Scalar(random))));
        if (random.Next(5) == 0) fields.Add(FieldNames.Expires, now.AddMilliseconds(random.Next(1, 40)));
        return fields.Build();
    }

    public static ScanRequest Request(CollectionId collection, Random random) => new(collection)
    {
        Where = random.Next(5) == 0 ? null : Filter(random, depth: 2),
        Sort = random.Next(2) == 0 ? [] : Sort(random),
        Limit = random.Next(3) == 0 ? random.Next(1, 6) : null,
    };

    private static Value Scalar(Random random) => random.Next(8) switch
    {
        0 => Value.Null,
        1 => random.Next(6) - 0.5,
        2 => (double)random.Next(6),
        3 => new string("xyz"[random.Next(3)], random.Next(3)),
        4 => random.Next(2) == 0,
        5 => (decimal)random.Next(6),
        6 => double.NaN,
        _ => random.Next(6),
    };

    private static Filter Filter(Random random, int depth)
    {
        var field = Paths[random.Next(4)].WithoutFanOut;
        return random.Next(depth > 0 ? 12 : 8) switch
        {
            0 => new CompareFilter((CompareOperator)random.Next(6), field, Scalar(random)),
            1 => Model.Filter.Eq(field, Scalar(random)),
            2 => new RangeFilter(field, Scalar(random), Scalar(random), (RangeBounds)random.Next(4)),
            3 => new InFilter(field, [Scalar(random), Scalar(random)], random.Next(2) == 0),
            4 => new ExistsFilter(field, random.Next(2) == 0),
            5 => Model.Filter.Any("tags", new CompareFilter((CompareOperator)random.Next(6), "$", Scalar(random))),
            6 => Model.Filter.Gte("b", random.Next(10)),
            7 => Model.Filter.Eq(FieldNames.Id, $"k{random.Next(8)}"),
            8 => Model.Filter.Not(Filter(random, depth - 1)),
            9 => Model.Filter.Or(Filter(random, depth - 1), Filter(random, depth - 1)),
            _ => Model.Filter.And(Filter(random, depth - 1), Filter(random, depth - 1)),
        };
    }

    private static SortKey[] Sort(Random random)
    {
        FieldPath[] fields = ["a", "b", "nested.c", FieldNames.Id];
        return [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => new SortKey(fields[random.Next(4)], random.Next(2) == 0, random.Next(4) switch { 0 => NullsOrder.First, 1 => NullsOrder.Last, _ => null }))];
    }
}
