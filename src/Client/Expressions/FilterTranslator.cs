// Lambdas as filters, for the few forms that mean the same on both sides:
//
//   m.Year > 1970      compare a member with a constant (either way round)     m.Email == null   null or missing
//   m.Active           a bool member                                           !, &&, ||
//   m.Cast.Contains(x) an element of an array        ids.Contains(m.Id)        one of a list     m.Cast.Any(c => ...)
//   m.Cast.All(c => ...)   no element that does not   m.Rating.HasValue    not null and not missing
//   m.Title.StartsWith(x), m.Title.Contains(x)       ordinal text         Regex.IsMatch(m.Title, pattern)
//   string.IsNullOrEmpty(m.Title)                    missing, null or ""
//
// Everything else is refused with the expression's own text. There is no client-side evaluation to fall back to:
// a filter that silently ran here would fetch the whole collection.

using System.Linq.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Expressions;

internal sealed class FilterTranslator
{
    private readonly MemberPaths _paths;

    private FilterTranslator(IMemberNames names) => _paths = new(names);

    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>, with the part that has no meaning in the database.</exception>
    public static Filter Translate(LambdaExpression lambda, IMemberNames names) => new FilterTranslator(names).Translate(lambda.Body);

    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: not a member of the document.</exception>
    public static FieldPath PathOf(LambdaExpression lambda, IMemberNames names) => new MemberPaths(names).PathOf(lambda.Body) ?? throw Unsupported(lambda.Body);

    private Filter Translate(Expression expression) => Unwrap(expression) switch
    {
        BinaryExpression { NodeType: ExpressionType.AndAlso } both => Filter.And([.. Flatten(both).Select(Translate)]),
        BinaryExpression { NodeType: ExpressionType.OrElse } either => Filter.Or([.. Flatten(either).Select(Translate)]),
        UnaryExpression { NodeType: ExpressionType.Not } not => Filter.Not(Translate(not.Operand)),
        BinaryExpression comparison when OperatorOf(comparison.NodeType) is { } op => Compare(comparison, op),
        MethodCallExpression call => MethodFilters.Translate(call, _paths, lambda => Translate(lambda.Body)) ?? throw Unsupported(call),
        MemberExpression { Member.Name: "HasValue", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null && _paths.PathOf(nullable) is { } path
            => Filter.And(Filter.Ne(path, Value.Null), Filter.Exists(path)),
        MemberExpression { Type: var type } member when type == typeof(bool) && _paths.PathOf(member) is { } path => Filter.Eq(path, true),
        var other => throw Unsupported(other),
    };

    private Filter Compare(BinaryExpression comparison, CompareOperator op)
    {
        var (member, constant) = (comparison.Left, comparison.Right);
        if (!MemberPaths.MentionsDocument(member)) (member, constant, op) = (constant, member, Mirror(op));
        if (!MemberPaths.MentionsDocument(member) || MemberPaths.MentionsDocument(constant)) throw Unsupported(comparison);
        if (_paths.LengthOf(member) is { } array) return Size(array, op, Constants.Evaluate(constant)) ?? throw Unsupported(comparison);
        if (_paths.PathOf(member) is not { } path) throw Unsupported(comparison);
        var value = _paths.ValueOf(constant, member);
        return (op, value.IsNull) switch
        {
            (CompareOperator.Eq, true) => Filter.Or(Filter.Eq(path, Value.Null), new ExistsFilter(path, Negated: true)),
            (CompareOperator.Ne, true) => Filter.And(Filter.Ne(path, Value.Null), Filter.Exists(path)),
            _ => new CompareFilter(op, path, value),
        };
    }

    private static SizeFilter? Size(FieldPath array, CompareOperator op, object? constant) => (op, constant) switch
    {
        (CompareOperator.Eq, int n) => new(array, n, n),
        (CompareOperator.Gt, int n) => new(array, n + 1L, null),
        (CompareOperator.Gte, int n) => new(array, n, null),
        (CompareOperator.Lt, int n) => new(array, null, n - 1L),
        (CompareOperator.Lte, int n) => new(array, null, n),
        _ => null,
    };

    private static CompareOperator? OperatorOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => CompareOperator.Eq,
        ExpressionType.NotEqual => CompareOperator.Ne,
        ExpressionType.GreaterThan => CompareOperator.Gt,
        ExpressionType.GreaterThanOrEqual => CompareOperator.Gte,
        ExpressionType.LessThan => CompareOperator.Lt,
        ExpressionType.LessThanOrEqual => CompareOperator.Lte,
        _ => null,
    };

    private static CompareOperator Mirror(CompareOperator op) => op switch
    {
        CompareOperator.Gt => CompareOperator.Lt,
        CompareOperator.Gte => CompareOperator.Lte,
        CompareOperator.Lt => CompareOperator.Gt,
        CompareOperator.Lte => CompareOperator.Gte,
        _ => op,
    };

    private static IEnumerable<Expression> Flatten(BinaryExpression node)
        => new[] { node.Left, node.Right }.SelectMany(side => Unwrap(side) is BinaryExpression inner && inner.NodeType == node.NodeType ? Flatten(inner) : [side]);

    internal static Expression Unwrap(Expression expression)
        => expression is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.Quote } wrapped ? Unwrap(wrapped.Operand) : expression;

    private static InvalidRequestException Unsupported(Expression expression) => new(
        "query.unsupported_expression",
        $"'{expression}' has no meaning in the database, and filters are never evaluated in the client.",
        suggestion: Advice.For(expression),
        example: """.Where(m => m.Year > 1970 && m.Cast.Contains("Harrison Ford"))""");
}
