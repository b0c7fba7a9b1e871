// The key of an entry in log, memtable and tables. All collections of a partition share them, so the collection
// comes first; then the id as DocumentId writes it. memcmp order is (collection, _id).
//
//   key = collection u32 big-endian | id key (tag u8, 16 bytes of uuid or 1..255 bytes of UTF-8)
//
// The version is not part of the key: entries sort by (key ascending, version descending).

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>Writes and reads entry keys.</summary>
internal static class EntryKey
{
    public const int CollectionBytes = 4;
    public const int BytesMax = CollectionBytes + DocumentId.KeyBytesMax;

    public static int Write(Span<byte> target, CollectionId collection, DocumentId id)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, collection.Value);
        return CollectionBytes + id.WriteKey(target[CollectionBytes..]);
    }

    public static byte[] Of(CollectionId collection, DocumentId id)
    {
        Span<byte> key = stackalloc byte[BytesMax];
        return key[..Write(key, collection, id)].ToArray();
    }

    /// <summary>The lower bound of a collection's keys: its id and nothing else.</summary>
    public static byte[] Prefix(CollectionId collection)
    {
        var prefix = new byte[CollectionBytes];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, collection.Value);
        return prefix;
    }

    /// <summary>
    /// The first 16 bytes as a number, short keys as if zeros followed: where heads differ, keys are ordered as they are. Of equal heads nothing is known.
    /// </summary>
    public static UInt128 HeadOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 16) return BinaryPrimitives.ReadUInt128BigEndian(key);
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt128BigEndian(padded);
    }

    public static CollectionId CollectionOf(ReadOnlySpan<byte> key) => new(BinaryPrimitives.ReadUInt32BigEndian(key));

    public static ReadOnlySpan<byte> IdBytesOf(ReadOnlySpan<byte> key) => key[CollectionBytes..];

    public static DocumentId IdOf(ReadOnlySpan<byte> key) => DocumentId.ReadKey(key[CollectionBytes..]);

    /// <summary>A 64-bit hash of a key, the same in memtables, filters and partition-local maps.</summary>
    public static ulong Hash(ReadOnlySpan<byte> key) => System.IO.Hashing.XxHash3.HashToUInt64(key);
}
