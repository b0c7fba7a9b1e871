// Reads one field of a row without touching the others: the ordinal comes from the shape (looked up once per query,
// not once per row), the bytes from two ends. A self-described row has no shape to ask, so its names are walked.

namespace IngoDB.Model;

/// <summary>One document's fields, read in place.</summary>
public readonly ref struct RowReader
{
    private readonly EncodedSequence _values;

    public RowReader(Shape shape, ReadOnlySpan<byte> row)
    {
        Shape = shape;
        Row = row;
        _values = shape.IsSelfDescribed ? new EncodedFields(row).Values : new(row, shape.Count);
    }

    public Shape Shape { get; }

    public ReadOnlySpan<byte> Row { get; }

    /// <summary>Fields of this document.</summary>
    public int Count => _values.Count;

    /// <summary>The value of field <paramref name="ordinal"/> of the shape: two loads, no decoding. Missing for a negative ordinal.</summary>
    public EncodedValue this[int ordinal] => (uint)ordinal < (uint)_values.Count ? _values[ordinal] : EncodedValue.Missing;

    /// <summary>A top-level field by name (self-described rows are searched).</summary>
    public EncodedValue Field(string name) => Shape.IsSelfDescribed ? new EncodedFields(Row).Field(name) : this[Shape.OrdinalOf(name)];

    /// <summary>The value at a path without <c>[]</c>; nested documents and <c>[i]</c> are followed. <c>_id</c> and <c>_version</c> are not in the row.</summary>
    public EncodedValue At(FieldPath path)
    {
        var steps = path.StepSpan;
        return path.StartsAtElement || steps.IsEmpty ? EncodedValue.Missing : Field(steps[0].Name!).At(steps[1..]);
    }

    /// <summary>The whole document, decoded.</summary>
    public Document Decode()
    {
        if (Shape.IsSelfDescribed) return new EncodedFields(Row).Decode();
        var fields = new KeyValuePair<string, Value>[Shape.Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = new(Shape.Names[i], _values[i].Decode());
        return Document.FromOwned(fields);
    }
}
