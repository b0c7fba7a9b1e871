// Which parts of a filter the codes of columns decide, exactly. An index range only has to contain every match (FieldConstraints),
// because the filter is evaluated again on the row; here nothing is evaluated again, so each translation is an
// equivalence. It holds because codes ascend with OrderedKeys, keys of equal values are equal bytes, and a column has no
// arrays or documents in it:
//
//   eq, in             the value's key is one of the points             a missing field equals nothing
//   gt gte lt lte range  ... lies between the keys, inside the class of the operand
//   missing, exists    ... is, is not, the key of missing
//   type               ... lies in the class
//   prefix             ... lies from the prefix to the first string above all that start with it
//   ne, nin, not       the complement: a missing field satisfies them
//   and, or            as masks
//
// Everything else (contains, matches, any, size, nested paths, _id, _version) is left to the rows.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A condition on values of top-level fields that codes can decide; knows no table.</summary>
internal abstract record CodeCondition
{
    /// <summary>The value's key lies in one of the ranges (disjoint, ascending).</summary>
    internal sealed record InRanges(string Field, KeyRange[] Ranges) : CodeCondition;

    internal sealed record AllOf(CodeCondition[] Args) : CodeCondition;

    internal sealed record AnyOf(CodeCondition[] Args) : CodeCondition;

    internal sealed record NoneOf(CodeCondition Arg) : CodeCondition;

    /// <summary>The value is one of a join's. An array would join by its elements, but a column has none.</summary>
    internal sealed record Joined(string Field, JoinValues Values) : CodeCondition;

    /// <summary>Can the columns of a table decide it? Loads nothing.</summary>
    public bool IsDecidedBy(Func<string, bool> has) => this switch
    {
        InRanges within => has(within.Field),
        AllOf all => all.Args.All(arg => arg.IsDecidedBy(has)),
        AnyOf any => any.Args.All(arg => arg.IsDecidedBy(has)),
        NoneOf none => none.Arg.IsDecidedBy(has),
        Joined joined => has(joined.Field),
        _ => false,
    };

    /// <summary>Column passes that it takes.</summary>
    public int Passes => this switch
    {
        AllOf all => all.Args.Sum(arg => arg.Passes),
        AnyOf any => any.Args.Sum(arg => arg.Passes),
        NoneOf none => none.Arg.Passes,
        _ => 1,
    };

    /// <summary>The same over the codes of one table; only where <see cref="IsDecidedBy"/> is true.</summary>
    public CodePredicate Over(TableColumns columns) => this switch
    {
        InRanges within => CodeRanges.Over(columns.Find(within.Field)!, within.Ranges),
        AllOf all => new AllCodes([.. all.Args.Select(arg => arg.Over(columns))]),
        AnyOf any => new AnyCodes([.. any.Args.Select(arg => arg.Over(columns))]),
        NoneOf none => new NoCodes(none.Arg.Over(columns)),
        Joined joined => new CodesJoined(columns.Find(joined.Field)!, joined.Values.CodesOf(columns.Find(joined.Field)!)),
        _ => throw new InvalidOperationException("no such condition"),
    };
}

/// <summary>Filters as conditions on codes. Pure.</summary>
internal static class CodeConditions
{
    /// <summary>The condition that is equivalent to the filter; null when codes cannot decide it.</summary>
    public static CodeCondition? Of(Filter filter) => filter switch
    {
        AndFilter and => OfAll(and.Args) is { } args ? new CodeCondition.AllOf(args) : null,
        OrFilter or => OfAll(or.Args) is { } args ? new CodeCondition.AnyOf(args) : null,
        NotFilter not => Not(Of(not.Arg)),
        CompareFilter { Operator: CompareOperator.Ne } compare => Not(Of(compare with { Operator = CompareOperator.Eq })),
        InFilter { Negated: true } within => Not(Of(within with { Negated = false })),
        ExistsFilter { Negated: false } exists => Not(Of(exists with { Negated = true })),
        TypeFilter type => FieldOf(type.Field) is { } field ? new CodeCondition.InRanges(field, [KeyClasses.Of(TypeNode.KindOf(type.Type))]) : null,
        _ => OfValue(filter),
    };

    /// <summary>The column that tells the values at a path; null: none can.</summary>
    public static string? FieldOf(FieldPath path) => ColumnName.Of(path);

    private static CodeCondition[]? OfAll(IReadOnlyList<Filter> filters)
    {
        var conditions = new CodeCondition[filters.Count];
        for (var i = 0; i < conditions.Length; i++)
        {
            if (Of(filters[i]) is not { } condition) return null;
            conditions[i] = condition;
        }

        return conditions;
    }

    private static CodeCondition.NoneOf? Not(CodeCondition? condition) => condition is null ? null : new(condition);

    private static CodeCondition.InRanges? OfValue(Filter filter)
    {
        if (HasMissingOperand(filter) || FieldConstraints.OfValue(filter) is not var (path, ranges, _) || FieldOf(path) is not { } field) return null;
        return new(field, KeyRanges.Normalize(ranges));
    }

    // Missing is no value that anything equals or lies beside; its key would find the rows without the field.
    private static bool HasMissingOperand(Filter filter) => filter switch
    {
        CompareFilter compare => compare.Value.IsMissing,
        RangeFilter range => range.Low.IsMissing && range.High.IsMissing,
        InFilter within => within.Values.Any(value => value.IsMissing),
        _ => false,
    };
}

/// <summary>Ranges of keys as ranges of the codes of one column.</summary>
internal static class CodeRanges
{
    public static CodePredicate Over(CodeColumn column, KeyRange[] ranges)
    {
        var codes = new List<CodeRange>(ranges.Length);
        foreach (var range in ranges)
        {
            var low = range.LowInclusive ? column.LowerBound(range.Low.Span) : Above(column, range.Low.Span);
            var end = range.High is not { } high ? column.CodeCount : range.HighInclusive ? Above(column, high.Span) : column.LowerBound(high.Span);
            if (low >= end) continue;
            if (codes.Count > 0 && codes[^1].High + 1 >= low) codes[^1] = codes[^1] with { High = end - 1 };
            else codes.Add(new(low, end - 1));
        }

        return new CodesIn(column, new(codes, column.CodeCount));
    }

    private static uint Above(CodeColumn column, ReadOnlySpan<byte> key) => column.TryFind(key, out var code) ? code + 1 : code;
}
