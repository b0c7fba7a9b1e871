using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>
/// A path, resolved against the rows it meets: the ordinal of its first field is looked up once a shape, not once a
/// row (shapes are interned, so a change of shape is a change of reference). One thread at a time.
/// </summary>
internal sealed class FieldAccess(FieldPath path)
{
    private readonly string? _first = path.StepSpan is [{ Name: { } name }, ..] ? name : null;
    private readonly PathStep[] _rest = path.StepSpan.IsEmpty ? [] : path.StepSpan[1..].ToArray();
    private readonly bool _isId = path.WithoutFanOut.IsId, _isVersion = path.WithoutFanOut.IsVersion;
    private Shape? _shape;
    private int _ordinal;

    public FieldPath Path { get; } = path;

    public EncodedValue Of(in FilterInput input)
    {
        if (input.InElement) return input.Element.At(Path.StepSpan);
        if (_isId) return input.IdValue;
        if (_isVersion) return input.VersionValue;
        return Of(input.Row);
    }

    /// <summary>For paths that are neither `_id` nor `_version`.</summary>
    public EncodedValue Of(RowReader row)
    {
        if (_first is null || Path.StartsAtElement) return EncodedValue.Missing;
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
