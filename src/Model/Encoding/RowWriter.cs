// STUB of the contract.
using System.Buffers;

namespace IngoDB.Model;

/// <summary>Encodes documents as rows. Not thread-safe; reuse one per writer.</summary>
public static class RowWriter
{
    /// <summary>Appends the row of <paramref name="document"/> (fields in its own order, which is its <see cref="Shape"/>).</summary>
    /// <exception cref="InvalidRequestException">Nesting, field count, name length, size over the limits of <see cref="RowFormat"/>, or a string that is not valid Unicode.</exception>
    public static void Write(Document document, IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>Appends a self-described row.</summary>
    public static void WriteSelfDescribed(Document document, IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>Proves that untrusted bytes are a well-formed row of the shape, so that readers need no checks.</summary>
    /// <exception cref="CorruptionException">They are not.</exception>
    public static void Validate(Shape shape, ReadOnlySpan<byte> row) => throw new NotImplementedException();
}
