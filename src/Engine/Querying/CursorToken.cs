// How to go on with a scan, as an opaque string of at most 512 characters:
//
//   token   = base64url of: format u8 = 1 | snapshot u64 LE | query hash u64 LE | scan u64 LE | given i64 LE | id key length u16 LE | id key | mac 16 bytes
//   mac     = the first half of HMAC-SHA256 with the key of the catalog, or of the engine, over everything before it
//
// It says where the last page ended by the last document's id alone. The sort keys are read again from that document at
// the snapshot (where it is still as it was), so that the token stays small whatever is sorted by; and however many
// partitions there are. `given` is how many documents of the limit are used up. `scan` names the scans that partitions
// may still have open; it is a hint.

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Where a scan goes on.</summary>
public sealed record CursorToken(DocumentVersion Snapshot, ulong QueryHash, ulong Scan, long Given, ReadOnlyMemory<byte> LastIdKey)
{
    public const int LengthMax = 512;
    private const byte Format = 1;
    private const int FixedBytes = 1 + 8 + 8 + 8 + 8 + 2;
    private const int MacBytes = 16;

    public string Write(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = new byte[FixedBytes + LastIdKey.Length + MacBytes];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), Snapshot.Raw);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(9), QueryHash);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(17), Scan);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(25), Given);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(33), (ushort)LastIdKey.Length);
        LastIdKey.CopyTo(bytes.AsMemory(FixedBytes));
        Mac(key, bytes.AsSpan(0, bytes.Length - MacBytes)).CopyTo(bytes.AsSpan(bytes.Length - MacBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="InvalidRequestException"><c>cursor.invalid</c>: not ours, changed, or of another query.</exception>
    public static CursorToken Read(string text, byte[] key, ulong queryHash)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LengthMax || !Base64Url.IsValid(text)) throw Refused("it is not one that this database gave out");
        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < FixedBytes + MacBytes || bytes[0] != Format) throw Refused("it is not one that this database gave out");
        var signed = bytes.AsSpan(0, bytes.Length - MacBytes);
        if (!CryptographicOperations.FixedTimeEquals(Mac(key, signed), bytes.AsSpan(signed.Length))) throw Refused("its signature does not match");
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(signed[33..]);
        Invariant.Holds(idLength == signed.Length - FixedBytes && IsIdKey(signed[FixedBytes..]));
        var token = new CursorToken(
            new(BinaryPrimitives.ReadUInt64LittleEndian(signed[1..])),
            BinaryPrimitives.ReadUInt64LittleEndian(signed[9..]),
            BinaryPrimitives.ReadUInt64LittleEndian(signed[17..]),
            BinaryPrimitives.ReadInt64LittleEndian(signed[25..]),
            bytes.AsMemory(FixedBytes, idLength));
        return token.QueryHash == queryHash ? token : throw Refused("it belongs to another query");
    }

    private static bool IsIdKey(ReadOnlySpan<byte> key) => key.Length > 1 && (key[0] == (byte)ValueKind.Uuid ? key.Length == 17 : key[0] == (byte)ValueKind.String && key.Length <= DocumentId.KeyBytesMax);

    private static ReadOnlySpan<byte> Mac(byte[] key, ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(key, bytes).AsSpan(0, MacBytes);

    private static InvalidRequestException Refused(string why)
        => new("cursor.invalid", $"The cursor cannot be used: {why}.", "/cursor", "Repeat the query exactly as it was, with the cursor of its last page");
}
