// STUB of the contract.
namespace IngoDB.Model;

/// <summary>A list of field names, shared by every document that has exactly these fields in this order. Immutable; compared by content.</summary>
public sealed class Shape : IEquatable<Shape>
{
    private Shape(string[] names) => _names = names;

    private readonly string[] _names;

    /// <summary>The shape of rows that carry their own names.</summary>
    public static Shape SelfDescribed { get; } = new([]);

    public static Shape Of(params ReadOnlySpan<string> names) => new(names.ToArray());

    public static Shape Of(Document document) => throw new NotImplementedException();

    public bool IsSelfDescribed => ReferenceEquals(this, SelfDescribed);

    public int Count => _names.Length;

    public ReadOnlySpan<string> Names => _names;

    /// <summary>The ordinal of a top-level field, -1 when the shape has no such field.</summary>
    public int OrdinalOf(string name) => throw new NotImplementedException();

    /// <summary>Count varint, then each name as length varint and UTF-8. The same bytes for equal shapes.</summary>
    public void WriteTo(System.Buffers.IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>Reads what <see cref="WriteTo"/> wrote and advances <paramref name="source"/>.</summary>
    /// <exception cref="CorruptionException">Not the bytes of a shape.</exception>
    public static Shape Read(ref ReadOnlySpan<byte> source) => throw new NotImplementedException();

    public bool Equals(Shape? other) => throw new NotImplementedException();

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => throw new NotImplementedException();
}
