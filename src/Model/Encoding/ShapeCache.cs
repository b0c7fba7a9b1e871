// Every page of a collection repeats the same few lists of names, and a page of one document is mostly such a list. Making
// its strings again for each page would cost more than reading the document. So shapes that came in are kept by
// their bytes: a fixed number of slots, the newest of two that meet in one slot stays. Bounded, whatever arrives.

using System.Runtime.InteropServices;

namespace IngoDB.Model;

/// <summary>Encoded shape → the same <see cref="Shape"/> object as last time. Thread-safe: slots are swapped whole.</summary>
internal static class ShapeCache
{
    private const int Slots = 256;
    private const int KeptBytesMax = 4 << 10;

    private static readonly Kept?[] s_kept = new Kept?[Slots];

    /// <summary>As <see cref="Shape.Read"/>.</summary>
    /// <exception cref="CorruptionException">Not the bytes of a shape.</exception>
    public static Shape Read(ref ReadOnlySpan<byte> source)
    {
        if (!TryMeasure(source, out var length) || length > KeptBytesMax) return Shape.Read(ref source);
        var bytes = source[..length];
        ref var slot = ref s_kept[HashOf(bytes) % Slots];
        if (Volatile.Read(ref slot) is { } kept && bytes.SequenceEqual(kept.Bytes))
        {
            source = source[length..];
            return kept.Shape;
        }

        var shape = Shape.Read(ref source);
        Volatile.Write(ref slot, new(bytes.ToArray(), shape));
        return shape;
    }

    /// <summary>Walks the lengths; false leaves it to the real reader to say what is wrong.</summary>
    private static bool TryMeasure(ReadOnlySpan<byte> source, out int length)
    {
        length = 0;
        if (!Varint.TryRead(source, ref length, out var count) || count > source.Length - length) return false;
        for (var i = 0; i < count; i++)
        {
            if (!Varint.TryRead(source, ref length, out var name) || name > source.Length - length) return false;
            length += name;
        }

        return true;
    }

    /// <summary>Length and eight bytes at each end: only a slot is chosen by it.</summary>
    private static uint HashOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(ulong)) return (uint)bytes.Length;
        var ends = MemoryMarshal.Read<ulong>(bytes) * 0x9E3779B97F4A7C15 ^ MemoryMarshal.Read<ulong>(bytes[^sizeof(ulong)..]);
        return (uint)((ends + (uint)bytes.Length) * 0x9E3779B97F4A7C15 >> 32);
    }

    private sealed record Kept(byte[] Bytes, Shape Shape);
}
