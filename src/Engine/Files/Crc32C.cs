// CRC-32C (Castagnoli), eight bytes at a time by the processor's own instruction. A checksum is seeded with
// where the bytes belong (a segment, a file and offset), so that intact bytes in the wrong place are damage too.

using System.Buffers.Binary;
using System.Numerics;

namespace IngoDB.Engine.Files;

/// <summary>CRC-32C of a seed and bytes.</summary>
internal static class Crc32C
{
    /// <summary>The standard CRC-32C of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>The CRC-32C of the seed's eight little-endian bytes followed by the bytes.</summary>
    public static uint Of(ulong seed, ReadOnlySpan<byte> bytes) => ~Continue(BitOperations.Crc32C(uint.MaxValue, seed), bytes);

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
