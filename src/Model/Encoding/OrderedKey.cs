// STUB of the contract: the byte encoding of values whose memcmp order is the total order.
using System.Buffers;

namespace IngoDB.Model;

/// <summary>Order-preserving key bytes of values (index keys, sort keys).</summary>
public static class OrderedKey
{
    /// <summary>Appends the key of a value; keys of equal values are equal bytes, no key is a prefix of another's.</summary>
    public static void Append(in Value value, IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>The same from a row's bytes, without decoding (decimals excepted).</summary>
    public static void Append(EncodedValue value, IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>Bitwise complement of the key: its memcmp order is the reverse.</summary>
    public static void AppendDescending(EncodedValue value, IBufferWriter<byte> target) => throw new NotImplementedException();

    /// <summary>Length of the key that stands at the head of <paramref name="source"/>.</summary>
    public static int LengthAt(ReadOnlySpan<byte> source) => throw new NotImplementedException();

    /// <summary>The value of a key (numbers come back in the narrowest exact type; equal, though maybe of another numeric type).</summary>
    public static Value Decode(ref ReadOnlySpan<byte> source) => throw new NotImplementedException();
}
