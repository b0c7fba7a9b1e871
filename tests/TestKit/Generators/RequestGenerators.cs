// Requests of every kind with every key, valid by construction: what the codecs must carry unchanged.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>CsCheck generators of Liquid requests.</summary>
public static class RequestGenerators
{
    private static Gen<string> Name { get; } = OneOf("movies", "a", "x-1.b:c_d", "grain:user");

    private static Gen<FieldPath> FanOut { get; } = OneOf<FieldPath>("a", "_id", "b.c", "tags[]", "[\"a.b\"]");

    private static Gen<IReadOnlyList<FieldPath>?> Select { get; } = FilterGenerators.Path.List[0, 3].Select(paths => paths.Count == 0 ? null : (IReadOnlyList<FieldPath>?)paths);

    private static Gen<int?> Limit { get; } = Gen.Int[0, LiquidLimits.LimitMax].Select(limit => limit == 0 ? (int?)null : limit);

    private static Gen<string?> Token { get; } = OneOf<string?>(null, "token", "2024-01-01T00:00:00Z");

    private static Gen<Budget?> Budget { get; } = Gen.Select(Gen.Int[0, 3], Gen.Long[1, long.MaxValue], (parts, n) =>
        parts == 0 ? null : new Budget(parts > 1 ? 2000 : null, n, parts > 2 ? n : null));

    private static Gen<Filter?> MaybeFilter { get; } = Gen.Frequency((1, Gen.Const((Filter?)null)), (2, FilterGenerators.Filter.Select(f => (Filter?)f)));

    private static Gen<IReadOnlyList<Include>> Includes { get; } = Gen.Select(FanOut, Name, FanOut, MaybeFilter, Select, Limit, (field, collection, target, where, select, limit) =>
        new Include(field, new(collection, target), "as") { Where = where, Select = select, Limit = limit }).List[0, 2].Select(list => (IReadOnlyList<Include>)[.. list.Select((include, i) => include with { As = "as" + i })]);

    private static Gen<IReadOnlyList<Hop>> Hops { get; } = Gen.Select(FanOut, Name, FanOut, MaybeFilter, MaybeFilter, Gen.Int[1, 64], (field, collection, target, where, prune, max) =>
        new Hop(field, new(collection, target)) { Where = where, Prune = prune, Min = max / 2, Max = max, Fanout = max > 32 ? max : null, Label = max > 40 ? "label" : null }).List[1, 3].Select(list => (IReadOnlyList<Hop>)list);

    public static Gen<LiquidRequest> Query { get; } = Gen.OneOf(
        Gen.Select(Name, ValueGenerators.Id.List[1, 4], Select, Includes, Token, (from, ids, select, include, at) =>
            (LiquidRequest)new GetQuery { From = from, Ids = ids, Select = select, Include = include, At = at }),
        Gen.Select(Name, MaybeFilter, FilterGenerators.Sort, Select, Limit, Budget, Includes, (from, where, sort, select, limit, budget, include) =>
            (LiquidRequest)new ScanQuery { From = from, Where = where, Sort = sort, Select = select, Limit = limit, Skip = limit ?? 0, Budget = budget, Include = include }),
        Gen.Select(Name, AggregateGenerators.Of("a"), MaybeFilter, FilterGenerators.Sort, Limit, (from, aggregate, having, sort, limit) =>
            (LiquidRequest)(aggregate with { From = from, Having = having, Sort = sort, Limit = limit })),
        Gen.Select(Name, MaybeFilter, Hops, Gen.Int[0, 3], Gen.Int[0, 2], Gen.Select(Gen.Bool, Gen.Bool), Token, (from, start, hops, emit, unique, flags, cursor) =>
            (LiquidRequest)new TraverseQuery
            {
                From = from,
                Start = start,
                Hops = hops,
                Emit = (EmitMode)emit,
                Unique = (UniqueMode)unique,
                Order = flags.Item1 ? TraverseOrder.Dfs : TraverseOrder.Bfs,
                Select = flags.Item2 ? ["a", "b.c"] : null,
                Distinct = flags.Item2 && emit is (int)EmitMode.Nodes or (int)EmitMode.Leaves,
                Cursor = cursor,
            }),
        Gen.Select(Name, FilterGenerators.Filter, FilterGenerators.Filter, Hops, Gen.Int[1, 64], Budget, (from, start, goal, hops, depth, budget) =>
            (LiquidRequest)new PathQuery { From = from, Start = start, Goal = goal, Hops = hops, Depth = depth, K = depth, Weight = depth > 9 ? (FieldPath)"dist" : null, Budget = budget }));

    public static Gen<PatchStep> PatchStep { get; } = Gen.Select(Gen.Int[0, 7], OneOf<FieldPath>("a", "b.c", "d[0]", "e"), FilterGenerators.Operand, (op, field, value) => (PatchOperator)op switch
    {
        PatchOperator.Unset => new PatchStep(PatchOperator.Unset, field, Value.Missing),
        PatchOperator.Inc => new PatchStep(PatchOperator.Inc, field, value.IsNumber ? value : 1L),
        PatchOperator.Rename => new PatchStep(PatchOperator.Rename, "x", "y.z"),
        var other => new PatchStep(other, field, value),
    });

    private static Gen<DocumentWrite> DocumentWrite { get; } = Gen.Select(Gen.Int[0, 4], ValueGenerators.Id, ValueGenerators.Document, Gen.Bool, PatchStep.List[1, 5], (kind, id, document, flag, steps) => (DocumentWrite)(kind switch
    {
        0 => new InsertWrite { Into = "m", Id = flag ? id : (DocumentId?)null, Document = document },
        1 => new UpsertWrite { Into = "m", Id = id, Document = document, IfMissing = flag },
        2 => new ReplaceWrite { Into = "m", Id = id, Document = document, IfVersion = flag ? new(9) : null },
        3 => new PatchWrite { Into = "m", Id = id, Steps = steps, IfVersion = flag ? new(ulong.MaxValue) : null },
        _ => new DeleteWrite { Into = "m", Id = id },
    }));

    public static Gen<LiquidRequest> Write { get; } = Gen.Frequency(
        (5, DocumentWrite.Select(write => (LiquidRequest)write)),
        (1, Gen.Select(FilterGenerators.Filter, PatchStep.List[1, 3], Gen.Long[0, 9], Gen.Bool, (where, steps, expected, isDelete) => (LiquidRequest)(isDelete
            ? new DeleteWhereWrite { Into = "m", Where = where, Expected = expected == 0 ? null : expected, DryRun = expected == 1 }
            : new UpdateWhereWrite { Into = "m", Where = where, Steps = steps, Expected = expected == 0 ? null : expected, DryRun = expected == 1 }))),
        (1, Gen.Select(DocumentWrite.List[1, 4], Gen.Bool, (writes, atomic) => (LiquidRequest)new BulkWrite { Writes = writes, Atomic = atomic })));

    public static Gen<LiquidRequest> Request { get; } = Gen.Frequency((3, Query), (1, Write));

    private static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);
}
