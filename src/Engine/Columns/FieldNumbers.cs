// A field whose rows nearly all have different numbers (a time, a counter): the numbers themselves are kept until the
// column is finished, and its codes are then their distances from the least one. Three numbers that hardly anybody
// uses are taken to mean something else; a field that has one of them gives up.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The numbers of one field, row after row. One thread.</summary>
internal sealed class FieldNumbers : IDisposable
{
    public const long Missing = long.MinValue;
    public const long Null = long.MinValue + 1;
    public const long Skipped = long.MinValue + 2;

    private readonly CodeList<long> _numbers = new();

    private FieldNumbers(NumberScale scale) => Scale = scale;

    public int Count => _numbers.Count;

    public NumberScale Scale { get; private set; }

    public CodeList<long> Numbers => _numbers;

    /// <summary>Which of missing and null there are, as <see cref="NumberKeys"/> wants it.</summary>
    public byte Lowest { get; private set; }

    public static bool IsNumber(long number) => number > Skipped;

    /// <summary>The same rows as numbers; null when their values are not numbers of one kind.</summary>
    public static FieldNumbers? TryTurn(ValueCodes values, CodeList<ushort> codes)
    {
        if (NumberScale.Of(values) is not { } scale) return null;
        var turned = new FieldNumbers(scale);
        var numbers = new long[values.Count];
        for (var code = 0; code < numbers.Length; code++)
            if (!turned.TryNumber(values[code], out numbers[code])) return null;
        for (var chunk = 0; chunk < codes.ChunkCount; chunk++)
            foreach (var code in codes.Chunk(chunk)) turned._numbers.Add(numbers[code]);
        return turned;
    }

    /// <summary>False: the field has no column.</summary>
    public bool Add(EncodedValue value)
    {
        if (!TryNumber(value, out var number) && !(TryRescale(value) && TryNumber(value, out number))) return false;
        _numbers.Add(number);
        return true;
    }

    public void Skip() => _numbers.Add(Skipped);

    public void Dispose() => _numbers.Dispose();

    private bool TryNumber(EncodedValue value, out long number)
    {
        number = value.Kind == ValueKind.Null ? Null : Missing;
        if (value.Kind is not (ValueKind.Missing or ValueKind.Null)) return Scale.TryNumber(value, out number) && IsNumber(number);
        Lowest |= value.Kind == ValueKind.Missing ? ColumnFormat.MissingBit : ColumnFormat.NullBit;
        return true;
    }

    /// <summary>Digits behind the point that none had before: what is there is multiplied, a few times at most.</summary>
    private bool TryRescale(EncodedValue value)
    {
        if (NumberScale.Of(value) is not { } own || NumberScale.Common(Scale, own) is not { } common || common == Scale) return false;
        var factor = 1L;
        for (var scale = Scale.Scale; scale < common.Scale; scale++) factor *= 10;
        for (var chunk = 0; chunk < _numbers.ChunkCount; chunk++)
        {
            foreach (ref var number in _numbers.Chunk(chunk))
            {
                if (!IsNumber(number)) continue;
                if (number > ColumnFormat.DecimalMax / factor || number < -ColumnFormat.DecimalMax / factor) return false;
                number *= factor;
            }
        }

        Scale = common;
        return true;
    }
}
