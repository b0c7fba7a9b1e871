// A filter without its constants, as text and as a hash of the same tree. Depth is bounded by the validator.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Operators and fields of a filter, without constants.</summary>
internal static class FilterText
{
    public static string Of(Filter filter) => filter switch
    {
        AndFilter and => string.Join(" and ", and.Args.Select(arg => arg is OrFilter ? $"({Of(arg)})" : Of(arg))),
        OrFilter or => string.Join(" or ", or.Args.Select(arg => arg is AndFilter ? $"({Of(arg)})" : Of(arg))),
        NotFilter not => $"not({Of(not.Arg)})",
        AnyFilter any => $"any({any.Field.Text}, {Of(any.Where)})",
        _ => $"{NameOf(filter)}({FieldOf(filter)?.Text})",
    };

    /// <summary>The same for equal texts. Depth is bounded by the validator.</summary>
    public static ulong Hash(Filter filter) => filter switch
    {
        CompareFilter compare => QueryShape.Mix(s_compare[(int)compare.Operator], compare.Field.TextHash),
        AndFilter and => HashArgs(s_and, and.Args),
        RangeFilter range => QueryShape.Mix(s_range, range.Field.TextHash),
        InFilter { Negated: false } within => QueryShape.Mix(s_in, within.Field.TextHash),
        OrFilter or => HashArgs(s_or, or.Args),
        NotFilter not => QueryShape.Mix(QueryShape.HashOf(NameOf(not)), Hash(not.Arg)),
        AnyFilter any => QueryShape.Mix(QueryShape.Mix(QueryShape.HashOf(NameOf(any)), any.Field.TextHash), Hash(any.Where)),
        _ => QueryShape.Mix(QueryShape.HashOf(NameOf(filter)), FieldOf(filter)?.TextHash ?? 0),
    };

    // Those of what is asked most are made once.
    private static readonly ulong[] s_compare = [.. Enum.GetValues<CompareOperator>().Order().Select(op => QueryShape.HashOf(NameOf(new CompareFilter(op, "a", 0))))];
    private static readonly ulong s_range = QueryShape.HashOf("range"), s_in = QueryShape.HashOf("in"), s_and = QueryShape.HashOf("and"), s_or = QueryShape.HashOf("or");

    private static ulong HashArgs(ulong hash, IReadOnlyList<Filter> args)
    {
        for (var i = 0; i < args.Count; i++) hash = QueryShape.Mix(hash, Hash(args[i]));
        return hash;
    }

    private static string NameOf(Filter filter) => filter switch
    {
        CompareFilter compare => compare.Operator switch
        {
            CompareOperator.Eq => "eq",
            CompareOperator.Ne => "ne",
            CompareOperator.Gt => "gt",
            CompareOperator.Gte => "gte",
            CompareOperator.Lt => "lt",
            _ => "lte",
        },
        RangeFilter => "range",
        InFilter within => within.Negated ? "nin" : "in",
        ExistsFilter exists => exists.Negated ? "missing" : "exists",
        TextFilter text => text.Operator switch { TextOperator.Prefix => "prefix", TextOperator.Contains => "contains", _ => "matches" },
        TypeFilter => "type",
        SizeFilter => "size",
        AnyFilter => "any",
        AndFilter => "and",
        OrFilter => "or",
        _ => "not",
    };

    /// <summary>The field that an operator asks; null for those that join others.</summary>
    public static FieldPath? FieldOf(Filter filter) => filter switch
    {
        CompareFilter f => f.Field,
        RangeFilter f => f.Field,
        InFilter f => f.Field,
        ExistsFilter f => f.Field,
        TextFilter f => f.Field,
        TypeFilter f => f.Field,
        SizeFilter f => f.Field,
        AnyFilter f => f.Field,
        _ => null,
    };
}
