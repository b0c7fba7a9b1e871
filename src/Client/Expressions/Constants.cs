using System.Linq.Expressions;
using System.Reflection;

namespace IngoDB.Client.Expressions;

/// <summary>The value of an expression that does not depend on the document: literals and captured variables directly, anything else by the interpreter.</summary>
internal static class Constants
{
    public static object? Evaluate(Expression expression) => expression switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Expression: null or ConstantExpression } captured => Read(captured),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when convert.Type.IsAssignableFrom(convert.Operand.Type) => Evaluate(convert.Operand),
        _ => Expression.Lambda(expression).Compile(preferInterpretation: true).DynamicInvoke(),
    };

    private static object? Read(MemberExpression captured)
    {
        var owner = (captured.Expression as ConstantExpression)?.Value;
        return captured.Member is FieldInfo field ? field.GetValue(owner) : ((PropertyInfo)captured.Member).GetValue(owner);
    }
}
