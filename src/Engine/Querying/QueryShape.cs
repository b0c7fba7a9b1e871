// What is the same about two queries that differ only in their constants. As a hash it is found in a map without
// allocating; as text it is read by people and is stable, so that the statistics of several partitions can be summed:
//
//   scan where eq(category) and range(price) sort price desc, name
//   join cast[] where gt(year)

using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A query without its constants.</summary>
/// <param name="Kind"><c>scan</c>, <c>count</c>, <c>join</c>, or what an aggregate computes.</param>
/// <param name="Edge">The field that a join looks values up in.</param>
/// <param name="Select">Of a scan: the fields that are wanted; null: whole documents.</param>
internal sealed record QueryShape(string Kind, CollectionId Collection, Filter? Where, IReadOnlyList<SortKey> Sort, IReadOnlyList<FieldPath>? Select = null, FieldPath? Edge = null)
{
    public static QueryShape Of(ScanRequest request, string kind = "scan") => new(kind, request.Collection, request.Where, request.Sort, request.Select);

    /// <summary>The kind of an aggregate says what is computed: <c>aggregate count(), avg(price) by category</c>.</summary>
    public static QueryShape Of(AggregateQuery query, CollectionId collection)
    {
        var kind = "aggregate " + string.Join(", ", query.Compute.Select(named => $"{AggregateResult.NameOf(named.Value.Function)}({named.Value.Field?.Text})"));
        if (query.By.Count > 0) kind += " by " + string.Join(", ", query.By.Select(path => path.Text));
        return new(kind, collection, query.Where, query.Sort, [.. query.By, .. query.Compute.Select(named => named.Value.Field).OfType<FieldPath>()]);
    }

    // The kind of nearly all.
    private static readonly ulong s_scan = HashOf("scan");

    public ulong Hash()
    {
        var hash = Mix(Kind == "scan" ? s_scan : HashOf(Kind), Collection.Value);
        if (Edge is not null) hash = Mix(hash, Edge.TextHash);
        for (var i = 0; i < Sort.Count; i++) hash = Mix(Mix(hash, Sort[i].Field.TextHash), Sort[i].Descending ? 2UL : 1UL);
        for (var i = 0; IsScan && i < Select!.Count; i++) hash = Mix(hash, Select[i].TextHash);
        return Mix(hash, Where is null ? 0 : FilterText.Hash(Where));
    }

    // What counts and aggregates look at, their kind says.
    private bool IsScan => Kind == "scan" && Select is not null;

    /// <summary>Text and candidates; for a shape that is seen for the first time.</summary>
    public ShapeDescription Describe(IReadOnlyList<FieldConstraint> constraints)
    {
        var candidates = ImmutableArray.CreateBuilder<ShapeCandidate>();
        if (Edge is not null)
        {
            candidates.Add(new(IndexFields.TextOf(Edge), "join"));
            candidates.Add(new(IndexFields.TextOf(Edge) + "[]", "join"));
        }

        foreach (var constraint in constraints)
            if (!constraint.Path.IsId && !constraint.Path.IsVersion && !constraint.Path.StartsAtElement) candidates.Add(new(constraint.IndexPath, "filter"));
        foreach (var conjunct in FieldConstraints.Conjuncts(Where))
            foreach (var path in FieldConstraints.UnionPaths(conjunct) ?? []) candidates.Add(new(path, "or"));
        if (SortFields() is { } order) candidates.Add(new(order.Text, "sort", order));
        if (CompoundFields(constraints) is { } fields) candidates.Add(new(fields.Text, "compound", fields));
        if (CoveringFields(constraints) is { } covering) candidates.Add(new(covering.Text, "covering", covering));
        return new(Collection, Text(), candidates.ToImmutable());
    }

    /// <summary>The index that is in the order asked for; null when there is none.</summary>
    private IndexFields? SortFields() => IndexSort.Of(ScanSort.Of(Sort)) is { } sort ? IndexFields.TryOf([.. sort.Keys.Select(key => key.Field)]) : null;

    /// <summary>The fields that are asked for single values, then those sorted by, or else one that a stretch is asked of.</summary>
    private IndexFields? CompoundFields(IReadOnlyList<FieldConstraint> constraints)
    {
        if (Edge is not null) return null;
        var plain = constraints.Where(constraint => !constraint.OnElements && !constraint.Path.IsId && !constraint.Path.IsVersion && !constraint.Path.StartsAtElement && !constraint.Path.FansOut).ToList();
        var sorted = SortFields()?.Paths ?? [];
        var fields = plain.Where(constraint => IsOfValues(constraint) && !sorted.Contains(constraint.Path)).Select(constraint => constraint.Path).OrderBy(path => path.Text, StringComparer.Ordinal).Take(IndexFields.CountMax - Math.Max(1, sorted.Length)).ToList();
        if (fields.Count == 0) return null;
        var last = sorted.Length > 0 ? null : plain.Where(constraint => !IsOfValues(constraint)).Select(constraint => constraint.Path).MinBy(path => path.Text, StringComparer.Ordinal);
        fields.AddRange(last is null ? sorted : [last]);
        return fields.Count < 2 ? null : IndexFields.TryOf([.. fields]);
    }

    /// <summary>An index that carries everything that is looked at; null when whole documents are wanted, or too much.</summary>
    private IndexFields? CoveringFields(IReadOnlyList<FieldConstraint> constraints)
    {
        if (Edge is not null || TouchedFields.Of(new(Collection) { Where = Where, Sort = IsGrouped ? [] : Sort, Select = Select }).Names is not { } names) return null;
        var plain = constraints.FirstOrDefault(constraint => !constraint.OnElements && !constraint.Path.IsId && !constraint.Path.IsVersion && !constraint.Path.StartsAtElement && !constraint.Path.FansOut);
        var key = CompoundFields(constraints) ?? (plain is null ? IsGrouped ? null : SortFields() : IndexFields.TryOf([plain.Path]));
        return key is null ? null : IndexFields.TryOf(key.Paths.AsSpan(), [.. names], isPartial: false);
    }

    // The order of an aggregate is that of its results.
    public bool IsGrouped => Kind.StartsWith("aggregate", StringComparison.Ordinal);

    // By operator, since the constants are not part of a shape.
    private static bool IsOfValues(FieldConstraint constraint) => constraint.Operator is "eq" or "in" or "missing";

    public string Text()
    {
        var text = new StringBuilder(Kind);
        if (Edge is not null) text.Append($" {Edge.Text}");
        if (Where is not null and not AndFilter { Args.Count: 0 }) text.Append($" where {FilterText.Of(Where)}");
        if (IsScan) text.Append($" select {string.Join(", ", Select!.Select(path => path.Text))}");
        for (var i = 0; i < Sort.Count; i++) text.Append($"{(i == 0 ? " sort " : ", ")}{Sort[i].Field.Text} {(Sort[i].Descending ? "desc" : "asc")}");
        return text.ToString();
    }

    internal static ulong HashOf(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    internal static ulong Mix(ulong hash, ulong next) => (System.Numerics.BitOperations.RotateLeft(hash, 23) ^ next) * 0x9E37_79B9_7F4A_7C15UL;
}
