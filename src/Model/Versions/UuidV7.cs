// UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits, so that ids made later sort later and
// inserts arrive in key order. The runtime's own Guid.CreateVersion7 reads the process clock and randomness;
// here both come in as arguments, so that a test can replay them.

using System.Buffers.Binary;

namespace IngoDB.Model;

/// <summary>Makes time-ordered uuids.</summary>
public static class UuidV7
{
    public static Guid Create(TimeProvider clock, Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var milliseconds = (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (milliseconds << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
