// Which parts of a filter an index could answer. Only what every match must satisfy counts: the arguments of the
// outermost `and`, and an `or` whose arguments all speak of the same field. Negations say nothing that an index
// can use. A plain string also stands for the uuid or timestamp it spells (OperandCoercion), so its ranges are up to
// three, one in each class.

using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Filters as ranges of index keys. Pure.</summary>
internal static class FieldConstraints
{
    /// <summary>The arguments of the outermost `and`, nested ones opened; the filter itself when it is no `and`.</summary>
    public static IReadOnlyList<Filter> Conjuncts(Filter? filter)
    {
        var conjuncts = new List<Filter>();
        var open = new Stack<Filter>();
        if (filter is not null) open.Push(filter);
        while (open.TryPop(out var next))
        {
            if (next is not AndFilter and)
            {
                conjuncts.Add(next);
                continue;
            }

            for (var i = and.Args.Count - 1; i >= 0; i--) open.Push(and.Args[i]);
        }

        return conjuncts;
    }

    /// <summary>One constraint a field; those of several conjuncts on the same value are intersected.</summary>
    public static IReadOnlyList<FieldConstraint> Of(IReadOnlyList<Filter> conjuncts)
    {
        var constraints = new List<FieldConstraint>();
        for (var i = 0; i < conjuncts.Count; i++)
        {
            if (OfOne(conjuncts[i], i) is not { } constraint) continue;
            var same = constraints.FindIndex(known => !known.OnElements && !constraint.OnElements && known.Path.Equals(constraint.Path));
            if (same < 0) constraints.Add(constraint);
            else constraints[same] = constraints[same].As("range", KeyRanges.Intersect(constraints[same].Ranges, constraint.Ranges));
        }

        return constraints;
    }

    /// <summary>The index paths that an `or` over several fields needs, one for each argument; null when an argument names no values.</summary>
    public static IReadOnlyList<string>? UnionPaths(Filter filter)
    {
        if (filter is not OrFilter { Args.Count: > 0 } or || OfOne(or, 0) is not null) return null;
        var paths = new List<string>();
        foreach (var arg in or.Args)
        {
            var parts = Of(Conjuncts(arg));
            var needed = parts.Count > 0 ? [parts[0].IndexPath] : UnionPaths(arg);
            if (needed is null || (parts.Count > 0 && (parts[0].Path.IsId || parts[0].Path.IsVersion))) return null;
            foreach (var path in needed)
                if (!paths.Contains(path)) paths.Add(path);
        }

        return paths;
    }

    private static FieldConstraint? OfOne(Filter filter, int conjunct) => filter switch
    {
        AnyFilter any when !any.Field.IsElement => OfElements(any, conjunct),
        OrFilter or => OfUnion(or, conjunct),
        _ => OfValue(filter) is var (path, ranges, name) && !path.FansOut ? new(path, false, KeyRanges.Normalize(ranges), name, conjunct) : null,
    };

    /// <summary>The ranges that the value at one path lies in exactly when the filter holds (CodeConditions says for which operands); null when there are none.</summary>
    public static (FieldPath Path, IEnumerable<KeyRange> Ranges, string Operator)? OfValue(Filter filter) => filter switch
    {
        CompareFilter { Operator: not CompareOperator.Ne } compare => (compare.Field, Compared(compare.Operator, compare.Value), NameOf(compare.Operator)),
        RangeFilter range => (range.Field, InRange(range), "range"),
        InFilter { Negated: false } within => (within.Field, within.Values.SelectMany(value => Compared(CompareOperator.Eq, value)), "in"),
        ExistsFilter { Negated: true } missing => (missing.Field, [KeyRange.Point(KeyClasses.MissingKey)], "missing"),
        TextFilter { Operator: TextOperator.Prefix, Fold: false } prefix => (prefix.Field, [StartingWith(prefix.Value)], "prefix"),
        _ => null,
    };

    private static FieldConstraint? OfElements(AnyFilter any, int conjunct)
    {
        var inner = Of(Conjuncts(any.Where));
        foreach (var constraint in inner)
            if (constraint.Path.IsElement && !constraint.OnElements) return new(any.Field, true, constraint.Ranges, $"any {constraint.Operator}", conjunct);
        return null;
    }

    private static FieldConstraint? OfUnion(OrFilter or, int conjunct)
    {
        FieldConstraint? union = null;
        foreach (var arg in or.Args)
        {
            if (arg is OrFilter || OfOne(arg, conjunct) is not { } constraint) return null;
            if (union is null) union = constraint.As("or", constraint.Ranges);
            else if (union.OnElements == constraint.OnElements && union.Path.Equals(constraint.Path)) union = union.As("or", KeyRanges.Normalize(union.Ranges.Concat(constraint.Ranges)));
            else return null;
        }

        return union;
    }

    private static IEnumerable<KeyRange> Compared(CompareOperator op, Value value)
    {
        foreach (var meant in OperandCoercion.Readings(value))
        {
            var key = KeyClasses.KeyOf(meant);
            yield return (op switch
            {
                CompareOperator.Eq => KeyRange.Point(key),
                CompareOperator.Gt => new(key, false, null, false),
                CompareOperator.Gte => new(key, true, null, false),
                CompareOperator.Lt => new(ReadOnlyMemory<byte>.Empty, true, key, false),
                _ => new(ReadOnlyMemory<byte>.Empty, true, key, true),
            }).Intersect(KeyClasses.Of(meant.Kind));
        }
    }

    private static IEnumerable<KeyRange> InRange(RangeFilter range)
    {
        var (lowOperator, highOperator) = (
            range.Bounds is RangeBounds.Closed or RangeBounds.ClosedOpen ? CompareOperator.Gte : CompareOperator.Gt,
            range.Bounds is RangeBounds.Closed or RangeBounds.OpenClosed ? CompareOperator.Lte : CompareOperator.Lt);
        if (range.Low.IsMissing) return Compared(highOperator, range.High);
        if (range.High.IsMissing) return Compared(lowOperator, range.Low);
        return KeyRanges.Intersect([.. Compared(lowOperator, range.Low)], [.. Compared(highOperator, range.High)]);
    }

    /// <summary>From the prefix to the first string above everything that starts with it. Order of strings is that of their UTF-8 bytes, so the next code point ends it.</summary>
    private static KeyRange StartingWith(string prefix)
    {
        var strings = KeyClasses.Of(ValueKind.String);
        var low = KeyClasses.KeyOf(prefix);
        return new KeyRange(low, true, Successor(prefix) is { } next ? KeyClasses.KeyOf(next).AsMemory() : default(ReadOnlyMemory<byte>?), false).Intersect(strings);
    }

    private static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToArray();
        for (var i = runes.Length - 1; i >= 0; i--)
        {
            var next = runes[i].Value == 0xD7FF ? 0xE000 : runes[i].Value + 1;
            if (System.Text.Rune.IsValid(next)) return string.Concat(runes.Take(i).Select(rune => rune.ToString())) + char.ConvertFromUtf32(next);
        }

        return null;
    }

    private static string NameOf(CompareOperator op) => op switch
    {
        CompareOperator.Eq => "eq",
        CompareOperator.Ne => "ne",
        CompareOperator.Gt => "gt",
        CompareOperator.Gte => "gte",
        CompareOperator.Lt => "lt",
        _ => "lte",
    };
}
