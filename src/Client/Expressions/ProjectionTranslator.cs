// A projection says two things: which fields to read, and what to make of them.
//
//   m => new { m.Title, City = m.Studio.City }
//
//   to the database     select: ["title", "studio.city"]          only these fields travel
//   here                values => new { Title = values[0], City = values[1] }
//
// Making an object of values that were read is all that happens here; nothing is computed from them. A projection that
// computes is refused, since the next step would be a filter on the result that runs here, over the whole collection.

using System.Linq.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Expressions;

/// <summary>Lambdas as projections.</summary>
internal sealed class ProjectionTranslator
{
    private readonly MemberPaths _paths;
    private readonly List<ProjectionSlot> _slots = [];
    private readonly ParameterExpression _values = Expression.Parameter(typeof(object[]), "values");

    private ProjectionTranslator(IMemberNames names) => _paths = new(names);

    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: it does more than take members.</exception>
    public static ProjectionMapper<TResult> Translate<TResult>(LambdaExpression lambda, IMemberNames names)
    {
        var translator = new ProjectionTranslator(names);
        var body = translator.Rewrite(lambda.Body);
        if (translator._slots.Count == 0) throw Unsupported(lambda.Body, "It reads no field of the document", "Take at least one member");
        return new(translator._slots, Expression.Lambda<Func<object?[], TResult>>(body, translator._values).Compile(), names);
    }

    private Expression Rewrite(Expression node) => node switch
    {
        UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert => convert.Update(Rewrite(convert.Operand)),
        _ when _paths.PathOf(node) is { } path => Slot(path, node.Type),
        NewExpression made => made.Update(made.Arguments.Select(Rewrite)),
        MemberInitExpression init => init.Update((NewExpression)Rewrite(init.NewExpression), init.Bindings.Select(Rewrite)),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => array.Update(array.Expressions.Select(Rewrite)),
        ParameterExpression => throw Unsupported(node, "The whole document stands in it", "Name the members, or read the documents without Select"),
        _ when !MemberPaths.MentionsDocument(node) => node,
        _ => throw Unsupported(node, "It computes", "Select the members and compute after reading: .Select(m => new { m.Title, m.Year }), then a loop"),
    };

    private MemberBinding Rewrite(MemberBinding binding)
        => binding is MemberAssignment assignment ? assignment.Update(Rewrite(assignment.Expression)) : throw Unsupported(Expression.Constant(binding.Member.Name), "It fills a list", "Assign the member as a whole");

    private UnaryExpression Slot(FieldPath path, Type type)
    {
        var slot = new ProjectionSlot(path, type);
        var at = _slots.IndexOf(slot);
        if (at < 0)
        {
            at = _slots.Count;
            _slots.Add(slot);
        }

        return Expression.Convert(Expression.ArrayIndex(_values, Expression.Constant(at)), type);
    }

    private static InvalidRequestException Unsupported(Expression expression, string what, string instead) => new(
        "query.unsupported_expression", $"'{expression}' cannot be selected. {what}, and nothing is evaluated in the client.", suggestion: instead, example: ".Select(m => new { m.Title, m.Year })");
}

/// <summary>A value that a projection reads, and the type that it is read as.</summary>
internal sealed record ProjectionSlot(FieldPath Path, Type Type);
