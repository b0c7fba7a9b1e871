// Which field of the document a member expression stands for:
//
//   m.Address.City → address.city      m.Items[0].Sku → items[0].sku      d["year"] → year      d["a.b"] → ["a.b"]
//
// Names are those of the type's serializer, so that a filter looks where the writer put the value.

using System.Collections;
using System.Linq.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Expressions;

/// <summary>Members as paths, and constants as the member would hold them.</summary>
internal sealed class MemberPaths(IMemberNames names)
{
    /// <summary>Null when it is not a member of the document.</summary>
    public FieldPath? PathOf(Expression expression) => TextOf(expression) is { Length: > 0 } text ? FieldPath.Parse(text) : null;

    /// <summary>The array of <c>m.Cast.Count</c> or <c>m.Cast.Length</c>; null for anything else.</summary>
    public FieldPath? LengthOf(Expression expression) => FilterTranslator.Unwrap(expression) switch
    {
        MemberExpression { Member.Name: "Count" or "Length", Expression: { } array } when IsArray(array.Type) => PathOf(array),
        UnaryExpression { NodeType: ExpressionType.ArrayLength } length => PathOf(length.Operand),
        _ => null,
    };

    /// <summary>A constant compared with a member: an enum that the compiler turned into a number is an enum again.</summary>
    public Value ValueOf(Expression constant, Expression comparedWith)
    {
        var value = Constants.Evaluate(constant);
        var member = FilterTranslator.Unwrap(comparedWith).Type;
        member = Nullable.GetUnderlyingType(member) ?? member;
        if (member.IsEnum && value is not null && !value.GetType().IsEnum) value = Enum.ToObject(member, value);
        return ValueOf(value);
    }

    public Value ValueOf(object? constant) => names.ValueOf(constant, constant?.GetType() ?? typeof(object));

    /// <summary>The expression depends on the document, so that it cannot be a constant.</summary>
    public static bool MentionsDocument(Expression expression)
    {
        var search = new ParameterSearch();
        search.Visit(expression);
        return search.Found;
    }

    private static bool IsArray(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && !typeof(IDictionary).IsAssignableFrom(type);

    /// <summary>The path as text; empty for the document itself, null when there is none.</summary>
    private string? TextOf(Expression expression) => FilterTranslator.Unwrap(expression) switch
    {
        ParameterExpression parameter => IsPlain(parameter.Type) ? "$" : "",
        MemberExpression { Member.Name: "Value", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null => TextOf(nullable),
        MemberExpression { Expression: ParameterExpression owner } member when names.PathOf(owner.Type, member.Member) is { } path => path.Text,
        MemberExpression { Expression: { } owner } member when !IsPlain(owner.Type) && TextOf(owner) is { } path && names.FieldOf(owner.Type, member.Member) is { } field => Append(path, field),
        MethodCallExpression { Method.Name: "get_Item", Object: { } owner, Arguments: [var key] } when !MentionsDocument(key) && TextOf(owner) is { } path => Index(path, Constants.Evaluate(key)),
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } element when !MentionsDocument(element.Right) && TextOf(element.Left) is { } path => Index(path, Constants.Evaluate(element.Right)),
        _ => null,
    };

    /// <summary>A value rather than a document: as the parameter of an Any it is the element itself ($); paths below a document are relative to the element.</summary>
    private static bool IsPlain(Type type)
        => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) != TypeCode.Object || type == typeof(Guid) || type == typeof(DateTimeOffset);

    private static string? Index(string path, object? key) => key switch
    {
        int index and >= 0 when path.Length > 0 => FormattableString.Invariant($"{path}[{index}]"),
        string name => Append(path, name),
        _ => null,
    };

    private static string Append(string path, string field)
    {
        if (field.AsSpan().IndexOfAny(".[]\"$") >= 0) return $"{path}[\"{field.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"]";
        return path.Length == 0 ? field : $"{path}.{field}";
    }

    private sealed class ParameterSearch : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found = true;
            return node;
        }
    }
}
