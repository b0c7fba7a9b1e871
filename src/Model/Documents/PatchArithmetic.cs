// What inc adds. Integers stay integers and are exact: Int64 where the sum fits, UInt64 where only that does, refused
// beyond. A Decimal keeps being one, a Double makes the sum a Double; that is the one inexact case, and the caller
// chose it.

namespace IngoDB.Model;

/// <summary>Addition for <c>inc</c>.</summary>
internal static class PatchArithmetic
{
    public static Value Add(in Value present, in Value operand, FieldPath field)
    {
        if (!operand.IsNumber) throw NotANumber(field, operand.Kind);
        if (present.IsMissing) return operand;
        if (!present.IsNumber) throw NotANumber(field, present.Kind);
        try
        {
            if (present.Kind == ValueKind.Double || operand.Kind == ValueKind.Double) return Value.From(ToDouble(present) + ToDouble(operand));
            if (present.Kind == ValueKind.Decimal || operand.Kind == ValueKind.Decimal) return Value.From(ToDecimal(present) + ToDecimal(operand));
            return Narrow(ToInt128(present) + ToInt128(operand), present.Kind);
        }
        catch (OverflowException)
        {
            throw new InvalidRequestException("patch.out_of_range", $"The sum at '{field}' is larger than its type can hold.", suggestion: "Use a $decimal or a double");
        }
    }

    private static Value Narrow(Int128 sum, ValueKind preferred)
    {
        if (preferred == ValueKind.UInt64 && sum >= 0) return Value.From(checked((ulong)sum));
        return sum <= long.MaxValue ? Value.From(checked((long)sum)) : Value.From(checked((ulong)sum));
    }

    private static Int128 ToInt128(in Value number) => number.Kind == ValueKind.Int64 ? number.AsInt64() : number.AsUInt64();

    private static decimal ToDecimal(in Value number) => number.Kind == ValueKind.Decimal ? number.AsDecimal() : (decimal)ToInt128(number);

    private static double ToDouble(in Value number) => number.Kind switch
    {
        ValueKind.Double => number.AsDouble(),
        ValueKind.Decimal => (double)number.AsDecimal(),
        _ => (double)ToInt128(number),
    };

    public static InvalidRequestException NotANumber(FieldPath field, ValueKind kind)
        => new("patch.not_a_number", $"inc at '{field}' adds numbers; this is {kind}.", suggestion: "set puts a value of another type", example: """{"inc":{"runways":1}}""");
}
