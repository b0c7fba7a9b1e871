// A refusal that only says no makes people load the collection and filter it themselves. So it names what to write instead.

using System.Linq.Expressions;

namespace IngoDB.Client.Expressions;

/// <summary>What to use in the place of an expression that has no meaning in the database.</summary>
internal static class Advice
{
    public static string For(Expression expression) => expression switch
    {
        MethodCallExpression { Method.Name: "EndsWith" } => "Regex.IsMatch(m.Name, \"…$\"), or store the reversed text and use StartsWith",
        MethodCallExpression { Method.Name: "ToLower" or "ToUpper" or "ToLowerInvariant" or "ToUpperInvariant" } => "Contains or StartsWith with StringComparison.OrdinalIgnoreCase, or store the text in one case",
        MethodCallExpression { Method.Name: "Trim" or "TrimStart" or "TrimEnd" or "Replace" or "Substring" } => "Store the text as it is to be found, or Regex.IsMatch",
        MethodCallExpression { Method.Name: "StartsWith" or "Contains" or "Equals" } => "StringComparison.Ordinal or OrdinalIgnoreCase: the database knows no culture",
        MethodCallExpression { Method.Name: "Compare" or "CompareTo" or "CompareOrdinal" } => ".Where(\"name\", CompareOperator.Gt, \"m\"): texts compare by their UTF-8 bytes there, not by culture",
        MethodCallExpression { Method.Name: "First" or "FirstOrDefault" or "Last" or "ElementAt" or "Count" or "Sum" or "Max" or "Min" or "Where" or "Select" } => "Any(x => …) or All(x => …) over the elements, Count (the property) for their number, m.Items[0] for the first",
        MemberExpression { Member.Name: "Length", Expression.Type: var owner } when owner == typeof(string) => "Regex.IsMatch(m.Name, \"^.{4,}$\"), or store the length in a field of its own",
        MemberExpression { Member.DeclaringType: var type, Member.Name: var part } when type == typeof(DateTime) || type == typeof(DateTimeOffset) => $"A range of times in the place of .{part}: m.At >= from && m.At < to",
        BinaryExpression { NodeType: ExpressionType.Add or ExpressionType.Subtract or ExpressionType.Multiply or ExpressionType.Divide or ExpressionType.Modulo } => "Put the arithmetic on the side of the constant: m.Year > 1970 - 1",
        BinaryExpression { Left: BinaryExpression left } => For(left),
        BinaryExpression { Left: MethodCallExpression left } => For(left),
        BinaryExpression { Left: MemberExpression left } when left.Member.Name == "Length" || left.Expression?.Type == typeof(DateTimeOffset) || left.Expression?.Type == typeof(DateTime) => For(left),
        BinaryExpression both when MemberPaths.MentionsDocument(both.Left) && MemberPaths.MentionsDocument(both.Right) => "Compare members with constants; keep what two members say of each other in a field of its own",
        ConstantExpression => "Leave the condition away",
        _ => "Compare members with constants (==, !=, <, <=, >, >=), combine with && || !, use Contains, Any, All, StartsWith or Regex.IsMatch; or give a Filter",
    };
}
