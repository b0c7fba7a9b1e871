// Lambdas are translated, never evaluated in the client: a condition either means something in the database or is
// refused. Here stand the method calls that do; operators and members are FilterTranslator's.

using System.Collections;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using IngoDB.Model;

namespace IngoDB.Client.Expressions;

/// <summary>
/// The method calls that mean something: Contains, Any, All, StartsWith, Equals, IsNullOrEmpty, IsMatch. Whose method it is differs (List, Enumerable,
/// MemoryExtensions since C# 14); what it says does not.
/// </summary>
internal static class MethodFilters
{
    /// <summary>Null when the call has no meaning in the database.</summary>
    public static Filter? Translate(MethodCallExpression call, MemberPaths paths, Func<LambdaExpression, Filter> nested)
    {
        Expression[] parts = call.Object is { } target ? [target, .. call.Arguments] : [.. call.Arguments];
        return (call.Method.Name, parts) switch
        {
            ("Contains", [var text, var part, .. var rest]) when text.Type == typeof(string) => Text(TextOperator.Contains, text, part, rest, paths),
            ("StartsWith", [var text, var part, .. var rest]) when text.Type == typeof(string) => Text(TextOperator.Prefix, text, part, rest, paths),
            ("Contains", [var source, var item]) => Contains(Unspanned(source), item, paths),
            ("Any", [var source]) when paths.PathOf(source) is { } array => new SizeFilter(array, 1, null),
            ("Any", [var source, var where]) when paths.PathOf(source) is { } array && FilterTranslator.Unwrap(where) is LambdaExpression lambda => Filter.Any(array, nested(lambda)),
            ("All", [var source, var where]) when paths.PathOf(source) is { } array && FilterTranslator.Unwrap(where) is LambdaExpression lambda => Filter.Not(Filter.Any(array, Filter.Not(nested(lambda)))),
            ("Equals", [var text, var other, .. var rest]) when text.Type == typeof(string) => Equal(text, other, rest, paths),
            ("IsNullOrEmpty", [var text]) when paths.PathOf(text) is { } path => Filter.Or(Filter.In(path, Value.Null, ""), new ExistsFilter(path, Negated: true)),
            ("IsMatch", [var text, var pattern, .. var rest]) when call.Method.DeclaringType == typeof(Regex) && call.Object is null => Matches(text, pattern, rest, paths),
            _ => null,
        };
    }

    private static CompareFilter? Equal(Expression text, Expression other, Expression[] comparison, MemberPaths paths)
    {
        if (comparison is not [] && !(comparison is [var how] && Constants.Evaluate(how) is StringComparison.Ordinal)) return null;
        return paths.PathOf(text) is { } path && !MemberPaths.MentionsDocument(other) ? new(CompareOperator.Eq, path, paths.ValueOf(Constants.Evaluate(other))) : null;
    }

    /// <summary>Patterns mean there what they mean here without options; ignoring case is the one that both have.</summary>
    private static TextFilter? Matches(Expression text, Expression pattern, Expression[] options, MemberPaths paths)
    {
        if (paths.PathOf(text) is not { } path || MemberPaths.MentionsDocument(pattern) || Constants.Evaluate(pattern) is not string constant) return null;
        var given = options switch
        {
            [] => RegexOptions.None,
            [var one] => Constants.Evaluate(one) as RegexOptions?,
            _ => null,
        } & ~(RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Compiled);
        return given is RegexOptions.None or RegexOptions.IgnoreCase ? new TextFilter(TextOperator.Matches, path, constant, Fold: given == RegexOptions.IgnoreCase) : null;
    }

    private static Filter? Contains(Expression source, Expression item, MemberPaths paths)
    {
        if (paths.PathOf(source) is { } array && !MemberPaths.MentionsDocument(item))
            return Filter.Any(array, Filter.Eq("$", paths.ValueOf(Constants.Evaluate(item))));
        if (paths.PathOf(item) is { } field && !MemberPaths.MentionsDocument(source) && Constants.Evaluate(source) is IEnumerable list)
            return Filter.In(field, [.. list.Cast<object?>().Select(paths.ValueOf)]);
        return null;
    }

    /// <summary>Ordinal only: the database knows no culture.</summary>
    private static TextFilter? Text(TextOperator op, Expression text, Expression part, Expression[] comparison, MemberPaths paths)
    {
        if (paths.PathOf(text) is not { } path || MemberPaths.MentionsDocument(part)) return null;
        var how = comparison switch
        {
            [] => StringComparison.Ordinal,
            [var given] => Constants.Evaluate(given) as StringComparison?,
            _ => null,
        };
        return how is StringComparison.Ordinal or StringComparison.OrdinalIgnoreCase && Constants.Evaluate(part)?.ToString() is { } constant
            ? new TextFilter(op, path, constant, Fold: how == StringComparison.OrdinalIgnoreCase)
            : null;
    }

    /// <summary>In C# 14 <c>array.Contains(x)</c> is a call on the span of the array.</summary>
    private static Expression Unspanned(Expression source)
        => FilterTranslator.Unwrap(source) is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var array] } ? array : source;
}
