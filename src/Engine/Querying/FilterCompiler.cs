// A filter is asked once for every row, so what can be known before the first row is: paths are resolved, operands
// encoded, patterns compiled. What is left per row is nodes that compare bytes.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Filters of the AST as nodes that evaluate rows. The validator has bounded their depth.</summary>
internal static class FilterCompiler
{
    public static FilterNode Compile(Filter filter) => filter switch
    {
        CompareFilter compare => Compile(compare),
        RangeFilter range => Compile(range),
        InFilter within => Negate(within.Negated, new InNode(new(within.Field), within.Values)),
        ExistsFilter exists => Negate(exists.Negated, new ExistsNode(new(exists.Field))),
        TextFilter { Operator: TextOperator.Matches } matches => new RegexNode(new(matches.Field), FilterPattern.Of(matches)),
        TextFilter { Fold: true } text => new FoldedTextNode(new(text.Field), text.Operator, text.Value),
        TextFilter text => new TextNode(new(text.Field), text.Operator, text.Value),
        TypeFilter type => new TypeNode(new(type.Field), type.Type),
        SizeFilter size => new SizeNode(new(size.Field), size.Low ?? 0, size.High ?? long.MaxValue),
        AnyFilter any => new AnyNode(new(any.Field), Compile(any.Where)),
        AndFilter and => new AndNode([.. and.Args.Select(Compile)]),
        OrFilter or => new OrNode([.. or.Args.Select(Compile)]),
        NotFilter not => new NotNode(Compile(not.Arg)),
        _ => throw new InvalidRequestException("query.unknown_operator", $"{filter.GetType().Name} is not a filter this version knows."),
    };

    private static FilterNode Compile(CompareFilter filter)
    {
        var field = new FieldAccess(filter.Field);
        return filter.Operator switch
        {
            CompareOperator.Eq => Equal(field, filter.Value),
            CompareOperator.Ne => new NotNode(Equal(field, filter.Value)),
            CompareOperator.Gt => new BoundNode(field, new(filter.Value, isLow: true, inclusive: false), null),
            CompareOperator.Gte => new BoundNode(field, new(filter.Value, isLow: true, inclusive: true), null),
            CompareOperator.Lt => new BoundNode(field, null, new(filter.Value, isLow: false, inclusive: false)),
            _ => new BoundNode(field, null, new(filter.Value, isLow: false, inclusive: true)),
        };
    }

    private static BoundNode Compile(RangeFilter filter) => new(
        new(filter.Field),
        filter.Low.IsMissing ? null : new(filter.Low, isLow: true, filter.Bounds is RangeBounds.Closed or RangeBounds.ClosedOpen),
        filter.High.IsMissing ? null : new(filter.High, isLow: false, filter.Bounds is RangeBounds.Closed or RangeBounds.OpenClosed));

    private static FilterNode Equal(FieldAccess field, Value value) => new EqualNode(field, [.. OperandCoercion.Readings(value).Select(meant => new EncodedOperand(meant))]);

    private static FilterNode Negate(bool negate, FilterNode node) => negate ? new NotNode(node) : node;
}
