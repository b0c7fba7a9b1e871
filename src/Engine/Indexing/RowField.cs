using System.Runtime.CompilerServices;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>
/// The value at a path, row after row: the ordinal of its first field is looked up once a shape, not once a row
/// (shapes are interned, so a change of shape is a change of reference). One thread at a time.
/// </summary>
internal sealed class RowField(FieldPath path)
{
    private readonly string? _first = !path.StartsAtElement && path.StepSpan is [{ Name: { } name }, ..] ? name : null;
    private readonly PathStep[] _rest = path.StepSpan.IsEmpty ? [] : path.StepSpan[1..].ToArray();
    private Shape? _shape;
    private int _ordinal;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public EncodedValue Of(RowReader row)
    {
        if (_first is null) return EncodedValue.Missing;
        var value = row.Shape.IsSelfDescribed ? row.Field(_first) : row[OrdinalIn(row.Shape)];
        return _rest.Length == 0 ? value : value.At(_rest);
    }

    private int OrdinalIn(Shape shape)
    {
        if (ReferenceEquals(shape, _shape)) return _ordinal;
        _shape = shape;
        return _ordinal = shape.OrdinalOf(_first!);
    }
}
