// How to go on with a traversal (or a search for paths), as an opaque string:
//
//   token   = base64url of: format u8 = 2 | snapshot u64 LE | query hash u64 LE | walk u64 LE | given i64 LE | examined i64 LE | mac 16 bytes
//   mac     = the first half of HMAC-SHA256 with the cluster's key over everything before it
//
// `walk` names what the silo may still hold of it; a hint. Without it the traversal is replayed at the same snapshot, which
// gives the same results in the same order: `given` of them are left out, and the budget counts again behind as many
// documents as were `examined`, so that a small budget gets on even when nothing was held.

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Where a traversal goes on.</summary>
internal sealed record TraversalToken(DocumentVersion Snapshot, ulong QueryHash, ulong Walk, long Given, long Examined)
{
    private const byte Format = 2;
    private const int SignedBytes = 1 + (5 * 8);
    private const int MacBytes = 16;

    public string Write(byte[] key)
    {
        Span<byte> bytes = stackalloc byte[SignedBytes + MacBytes];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], Snapshot.Raw);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[9..], QueryHash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[17..], Walk);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[25..], Given);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[33..], Examined);
        Mac(key, bytes[..SignedBytes]).CopyTo(bytes[SignedBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="InvalidRequestException"><c>cursor.invalid</c>: not ours, changed, or of another query.</exception>
    public static TraversalToken Read(string text, byte[] key, ulong queryHash)
    {
        if (text.Length > CursorToken.LengthMax || !Base64Url.IsValid(text)) throw Refused("it is not one that this database gave out");
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length != SignedBytes + MacBytes || bytes[0] != Format) throw Refused("it is not one that this database gave out for a traversal");
        var signed = bytes.AsSpan(0, SignedBytes);
        if (!CryptographicOperations.FixedTimeEquals(Mac(key, signed), bytes.AsSpan(SignedBytes))) throw Refused("its signature does not match");
        var token = new TraversalToken(
            new(BinaryPrimitives.ReadUInt64LittleEndian(signed[1..])),
            BinaryPrimitives.ReadUInt64LittleEndian(signed[9..]),
            BinaryPrimitives.ReadUInt64LittleEndian(signed[17..]),
            BinaryPrimitives.ReadInt64LittleEndian(signed[25..]),
            BinaryPrimitives.ReadInt64LittleEndian(signed[33..]));
        return token.QueryHash == queryHash ? token : throw Refused("it belongs to another query");
    }

    private static ReadOnlySpan<byte> Mac(byte[] key, ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(key, bytes).AsSpan(0, MacBytes);

    private static InvalidRequestException Refused(string why)
        => new("cursor.invalid", $"The cursor cannot be used: {why}.", "/cursor", "Repeat the query exactly as it was, with the cursor of its last page");
}
