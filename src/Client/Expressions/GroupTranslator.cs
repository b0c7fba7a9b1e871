// What is computed of groups, from a lambda that looks like LINQ:
//
//   GroupBy(m => m.Year).Select(g => new { Year = g.Key, Movies = g.Count(), Longest = g.Max(m => m.Minutes) })
//     by ["year"]     compute { "movies": count, "longest": max(minutes) }     year ← by, movies and longest ← compute
//
// A result's member is a group's value or one accumulator, and nothing else: an expression over them would have to be
// evaluated here, after having and sort have already decided without it.

using System.Linq.Expressions;
using System.Reflection;
using IngoDB.Client.Mapping;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Client.Expressions;

/// <summary>The translation of one aggregate: what is computed, and where each member of a result stands in the answer.</summary>
internal sealed record TranslatedGroups(IReadOnlyList<KeyValuePair<string, Accumulator>> Compute, IReadOnlyDictionary<string, FieldPath> Members);

internal sealed class GroupTranslator(IReadOnlyDictionary<string, FieldPath> keys, IMemberNames documents, IMemberNames results)
{
    /// <summary>The name of a key that is a member rather than an object of several.</summary>
    public const string WholeKey = "";

    /// <summary>The paths of <c>m => m.Year</c> or <c>m => new { m.Year, m.Country }</c>, by the names of the key's members.</summary>
    public static IReadOnlyDictionary<string, FieldPath> KeysOf(LambdaExpression key, IMemberNames names)
    {
        var paths = new MemberPaths(names);
        if (FilterTranslator.Unwrap(key.Body) is not NewExpression { Members: { } members } several) return new Dictionary<string, FieldPath> { [WholeKey] = PathOf(paths, key.Body) };
        return members.Zip(several.Arguments).ToDictionary(pair => pair.First.Name, pair => PathOf(paths, pair.Second));
    }

    /// <summary>A result is an object with members, and nothing else.</summary>
    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>.</exception>
    public static void CheckForm(LambdaExpression select) => MembersOf(select.Body);

    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>.</exception>
    public TranslatedGroups Translate(LambdaExpression select)
    {
        var compute = new List<KeyValuePair<string, Accumulator>>();
        var members = new Dictionary<string, FieldPath>(StringComparer.Ordinal);
        foreach (var (member, expression) in MembersOf(select.Body))
        {
            var name = results.FieldOf(select.Body.Type, member) ?? throw Unsupported(expression);
            members[member.Name] = KeyPathOf(expression) ?? FieldPath.OfField(name);
            if (KeyPathOf(expression) is null) compute.Add(new(name, AccumulatorOf(expression)));
        }

        return new(compute, members);
    }

    private static IEnumerable<(MemberInfo Member, Expression Value)> MembersOf(Expression body) => FilterTranslator.Unwrap(body) switch
    {
        NewExpression { Members: { } members } made => members.Zip(made.Arguments),
        MemberInitExpression { NewExpression.Arguments.Count: 0 } made when made.Bindings.All(binding => binding is MemberAssignment)
            => made.Bindings.Cast<MemberAssignment>().Select(binding => (binding.Member, binding.Expression)),
        var other => throw Unsupported(other),
    };

    /// <summary>Where <c>g.Key</c> or <c>g.Key.Year</c> stands in a result; null when it is something else.</summary>
    private FieldPath? KeyPathOf(Expression expression) => FilterTranslator.Unwrap(expression) switch
    {
        MemberExpression { Member.Name: nameof(IGroup<object, object>.Key), Expression: ParameterExpression } key => InResult(keys.GetValueOrDefault(WholeKey) ?? throw Unsupported(key)),
        MemberExpression { Expression: MemberExpression { Member.Name: nameof(IGroup<object, object>.Key), Expression: ParameterExpression } } part => InResult(keys.GetValueOrDefault(part.Member.Name) ?? throw Unsupported(part)),
        _ => null,
    };

    private Accumulator AccumulatorOf(Expression expression)
    {
        if (FilterTranslator.Unwrap(expression) is not MethodCallExpression { Object: ParameterExpression } call || FunctionOf(call.Method.Name) is not { } function) throw Unsupported(expression);
        if (call.Arguments.Count == 0) return new(function);
        if (FilterTranslator.Unwrap(call.Arguments[0]) is not LambdaExpression member) throw Unsupported(expression);
        var path = PathOf(new MemberPaths(documents), member.Body);
        return new(function, call.Method.Name == nameof(IGroup<object, object>.CountDistinctElements) ? FieldPath.Parse(path.Text + "[]") : path);
    }

    private static AccumulatorFunction? FunctionOf(string method) => method switch
    {
        nameof(IGroup<object, object>.Count) => AccumulatorFunction.Count,
        nameof(IGroup<object, object>.CountDistinct) or nameof(IGroup<object, object>.CountDistinctElements) => AccumulatorFunction.Distinct,
        nameof(IGroup<object, object>.Sum) => AccumulatorFunction.Sum,
        nameof(IGroup<object, object>.Average) => AccumulatorFunction.Avg,
        nameof(IGroup<object, object>.Min) => AccumulatorFunction.Min,
        nameof(IGroup<object, object>.Max) => AccumulatorFunction.Max,
        nameof(IGroup<object, object>.First) => AccumulatorFunction.First,
        _ => null,
    };

    /// <summary>A path with an index stands under its text (AggregateResult).</summary>
    private static FieldPath InResult(FieldPath by) => AggregateResult.NamesOf(by) is [var only] ? FieldPath.OfField(only) : by.WithoutFanOut;

    private static FieldPath PathOf(MemberPaths paths, Expression member) => paths.PathOf(member) ?? throw Unsupported(member);

    private static InvalidRequestException Unsupported(Expression expression) => new(
        "query.unsupported_expression",
        $"'{expression}' has no meaning in an aggregate, and results are never computed in the client.",
        suggestion: "Give each member of the result a key or one of g.Count(), Sum, Average, Min, Max, First, CountDistinct of a member",
        example: "movies.Query().GroupBy(m => m.Year).Select(g => new { Year = g.Key, Movies = g.Count() })");
}
