// What a path costs. Integers and decimals are added exactly, so that 0.1 + 0.2 is 0.3; a double makes the sum a double, added in
// the order of the path, so that it is the same wherever the documents lie. Costs are compared by their value as a double first:
// rounding keeps order, and exact sums that round to the same double are told apart by their decimals.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>A sum of weights.</summary>
internal readonly struct PathCost : IComparable<PathCost>
{
    private readonly double _rounded;
    private readonly decimal _exact;

    private PathCost(double rounded, decimal exact, bool isInexact) => (_rounded, _exact, IsInexact) = (rounded, exact, isInexact);

    /// <summary>A double is part of it.</summary>
    public bool IsInexact { get; }

    /// <summary>The weight of a document: missing and null cost nothing.</summary>
    /// <exception cref="InvalidRequestException"><c>path.bad_weight</c>: below zero, not finite, or no number.</exception>
    public static PathCost Of(EncodedValue value, ReadOnlySpan<byte> idKey)
    {
        switch (value.Kind)
        {
            case ValueKind.Missing or ValueKind.Null: return default;
            case ValueKind.Int64 or ValueKind.UInt64 or ValueKind.Decimal:
                var exact = DecimalOf(value.Decode());
                return exact >= 0 ? new((double)exact, exact, isInexact: false) : throw Bad(value, idKey);
            case ValueKind.Double:
                var rounded = value.Decode().AsDouble();
                return rounded >= 0 && double.IsFinite(rounded) ? new(rounded, 0, isInexact: true) : throw Bad(value, idKey);
            default: throw Bad(value, idKey);
        }
    }

    public Value ToValue() => IsInexact ? Value.From(_rounded) : decimal.IsInteger(_exact) && _exact <= long.MaxValue ? Value.From((long)_exact) : Value.From(_exact);

    public int CompareTo(PathCost other)
    {
        var byRounded = _rounded.CompareTo(other._rounded);
        if (byRounded != 0) return byRounded;
        return IsInexact != other.IsInexact ? IsInexact.CompareTo(other.IsInexact) : _exact.CompareTo(other._exact);
    }

    public static PathCost operator +(PathCost left, PathCost right)
    {
        if (!left.IsInexact && !right.IsInexact && left._exact <= decimal.MaxValue - right._exact)
        {
            var sum = left._exact + right._exact;
            return new((double)sum, sum, isInexact: false);
        }

        return new(left._rounded + right._rounded, 0, isInexact: true);
    }

    private static decimal DecimalOf(Value value) => value.Kind switch
    {
        ValueKind.Int64 => value.AsInt64(),
        ValueKind.UInt64 => value.AsUInt64(),
        _ => value.AsDecimal(),
    };

    private static InvalidRequestException Bad(EncodedValue value, ReadOnlySpan<byte> idKey)
        => new("path.bad_weight", $"The weight of document {DocumentId.ReadKey(idKey)} is {value.Decode()}; a path adds up finite numbers of zero or more.", "/weight", "Correct the document, leave it out by `where`, or name another field");
}
