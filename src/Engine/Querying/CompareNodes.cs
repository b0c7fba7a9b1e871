// Comparisons with constants. A string constant may stand for up to three values (itself, a uuid, a timestamp);
// the one of the field's own kind counts. A missing field equals nothing and lies in no range.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

internal sealed class EqualNode(FieldAccess field, EncodedOperand[] meanings) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        if (value.IsMissing) return false;
        foreach (var meaning in meanings)
            if (value.CompareTo(meaning) == 0) return true;
        return false;
    }
}

/// <summary>One of many values: sorted once, found by bisection.</summary>
internal sealed class InNode : FilterNode
{
    private readonly FieldAccess _field;
    private readonly EncodedOperand[] _sorted;

    public InNode(FieldAccess field, IReadOnlyList<Value> values)
    {
        _field = field;
        _sorted = [.. values.SelectMany(value => OperandCoercion.Readings(value)).Order().Select(value => new EncodedOperand(value))];
    }

    public override bool Matches(in FilterInput input)
    {
        var value = _field.Of(input);
        if (value.IsMissing) return false;
        int low = 0, high = _sorted.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = value.CompareTo(_sorted[middle]);
            if (order == 0) return true;
            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        return false;
    }
}

/// <summary>One side of a range: values of the same class on the right side of a constant.</summary>
internal sealed class Bound
{
    private readonly EncodedOperand[] _meanings;
    private readonly bool _isLow, _inclusive;

    public Bound(Value value, bool isLow, bool inclusive)
    {
        (_isLow, _inclusive) = (isLow, inclusive);
        _meanings = [.. OperandCoercion.Readings(value).Select(reading => new EncodedOperand(reading))];
    }

    public bool Holds(EncodedValue value)
    {
        foreach (var operand in _meanings)
        {
            if (!ValueOrder.SameClass(value.Kind, operand.Value.Kind)) continue;
            var order = value.CompareTo(operand);
            return order == 0 ? _inclusive : order > 0 == _isLow;
        }

        return false;
    }
}

internal sealed class BoundNode(FieldAccess field, Bound? low, Bound? high) : FilterNode
{
    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        return !value.IsMissing && (low is null || low.Holds(value)) && (high is null || high.Holds(value));
    }
}
