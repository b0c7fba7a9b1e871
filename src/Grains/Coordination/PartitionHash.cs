// Which partition has a document: a seeded hash of its id's key, so that `_id` equality is always one point read. A
// string id may begin with a tag in braces, `{order-7}/line-1`, and then only the tag is hashed: documents of one tag
// are in one partition, where a batch over them is atomic. The high bits of the hash choose, so that a later split of a
// partition halves its range of hashes.

using IngoDB.Grains.Catalog;
using IngoDB.Model;
using System.IO.Hashing;

namespace IngoDB.Grains.Coordination;

/// <summary>Id key → partition. Fixed for ever: data lies where this says.</summary>
internal static class PartitionHash
{
    public static int PartitionOf(DatabaseMap map, ReadOnlySpan<byte> idKey) => PartitionOf(idKey, map.Database.HashSeed, map.Partitions.Count);

    public static int PartitionOf(ReadOnlySpan<byte> idKey, long seed, int partitions)
        => (int)Math.BigMul(XxHash3.HashToUInt64(Affinity(idKey), seed), (ulong)partitions, out _);

    /// <summary>The part of the key that is hashed.</summary>
    public static ReadOnlySpan<byte> Affinity(ReadOnlySpan<byte> idKey)
    {
        if (idKey[0] != (byte)ValueKind.String || idKey.Length < 4 || idKey[1] != (byte)'{') return idKey;
        var end = idKey.IndexOf((byte)'}');
        return end > 2 ? idKey[2..end] : idKey;
    }
}
