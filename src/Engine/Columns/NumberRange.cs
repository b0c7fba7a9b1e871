// Where numbers begin and end and at which distances they lie, from one look at each. Whole seconds among ticks, or
// prices that all end in .99, are then a few bits apart though their numbers are large.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>What the values of a field have in common, so that integers can stand for them.</summary>
/// <param name="Scale">Decimals are integers divided by this power of ten.</param>
internal readonly record struct NumberScale(NumberKind Kind, int Scale)
{
    /// <summary>What all these values are; null when they are not numbers of one kind. Missing and null do not count.</summary>
    public static NumberScale? Of(ValueCodes values)
    {
        NumberScale? common = null;
        for (var code = 0; code < values.Count; code++)
        {
            var value = values[code];
            if (value.Kind is ValueKind.Missing or ValueKind.Null) continue;
            if (Of(value) is not { } scale) return null;
            common = common is null ? scale : Common(common.Value, scale);
            if (common is null) return null;
        }

        return common;
    }

    /// <summary>The kind of one value and, of a double, its smallest scale; null when it is none of these numbers.</summary>
    public static NumberScale? Of(EncodedValue value) => value.Kind switch
    {
        ValueKind.Int64 => new(NumberKind.Integers, 0),
        ValueKind.Timestamp => new(NumberKind.Timestamps, 0),
        ValueKind.Double => DecimalNumbers.ScaleOf(value.Decode().AsDouble()) is >= 0 and var scale ? new(NumberKind.Decimals, scale) : null,
        _ => null,
    };

    /// <summary>Integers among decimals are decimals; timestamps stay among themselves.</summary>
    public static NumberScale? Common(NumberScale left, NumberScale right)
    {
        if (left.Kind == right.Kind) return left with { Scale = Math.Max(left.Scale, right.Scale) };
        if (left.Kind == NumberKind.Timestamps || right.Kind == NumberKind.Timestamps) return null;
        return new(NumberKind.Decimals, Math.Max(left.Scale, right.Scale));
    }

    /// <summary>The integer that stands for a value; false when there is none at this scale.</summary>
    public bool TryNumber(EncodedValue value, out long number)
    {
        number = 0;
        switch (Kind, value.Kind)
        {
            case (NumberKind.Integers, ValueKind.Int64):
                number = value.Decode().AsInt64();
                return true;
            case (NumberKind.Timestamps, ValueKind.Timestamp):
                number = value.Decode().AsTimestampTicks();
                return true;
            case (NumberKind.Decimals, ValueKind.Int64):
                var integer = value.Decode().AsInt64();
                return integer is >= -ColumnFormat.DecimalMax and <= ColumnFormat.DecimalMax && DecimalNumbers.TryMultiply(integer, Scale, out number);
            case (NumberKind.Decimals, ValueKind.Double):
                return DecimalNumbers.TryMultiply(value.Decode().AsDouble(), Scale, out number);
            default:
                return false;
        }
    }
}

/// <summary>Least, greatest and common distance of numbers.</summary>
internal struct NumberRange
{
    private ulong _distance;
    private bool _any;

    public long First { get; private set; }

    public long Last { get; private set; }

    /// <summary>All numbers are First plus a multiple of it.</summary>
    public readonly ulong Step => Math.Max(_distance, 1);

    public void Add(long number)
    {
        if (!_any)
        {
            (First, Last, _any) = (number, number, true);
            return;
        }

        // The distance to any number met before keeps the common divisor, so the least may still move.
        var apart = number >= First ? (ulong)number - (ulong)First : (ulong)First - (ulong)number;
        if (_distance != 1 && apart != 0 && (_distance == 0 || apart % _distance != 0)) _distance = Divisor(apart, _distance);
        if (number < First) First = number;
        if (number > Last) Last = number;
    }

    /// <summary>The keys of these numbers, missing and null below them as <paramref name="lowest"/> says; null when codes do not reach so far.</summary>
    public readonly NumberKeys? ToKeys(NumberScale scale, byte lowest)
    {
        var steps = ((ulong)Last - (ulong)First) / Step;
        return !_any || steps >= uint.MaxValue - 3 ? null : new(scale.Kind, scale.Scale, lowest, First, Step, (uint)steps + 1 + NumberKeys.LowestCount(lowest));
    }

    private static ulong Divisor(ulong left, ulong right)
    {
        while (right != 0) (left, right) = (right, left % right);
        return left;
    }
}
