// STUB of the contract.
namespace IngoDB.Model;

/// <summary>One document's fields, read in place.</summary>
public readonly ref struct RowReader(Shape shape, ReadOnlySpan<byte> row)
{
    public Shape Shape { get; } = shape;

    public ReadOnlySpan<byte> Row { get; } = row;

    /// <summary>The value of field <paramref name="ordinal"/> of the shape: two loads, no decoding. Missing for a negative ordinal.</summary>
    public EncodedValue this[int ordinal] => throw new NotImplementedException();

    /// <summary>A top-level field by name (self-described rows are searched).</summary>
    public EncodedValue Field(string name) => throw new NotImplementedException();

    /// <summary>The value at a path without <c>[]</c>; nested documents and <c>[i]</c> are followed.</summary>
    public EncodedValue At(FieldPath path) => throw new NotImplementedException();

    /// <summary>The whole document, decoded.</summary>
    public Document Decode() => throw new NotImplementedException();
}
