using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Reads by id. The ids travel as their keys, each behind its length (a varint).</summary>
internal static class PointReader
{
    /// <summary>Ids of one call.</summary>
    public const int IdsMax = 1_000;

    private const int VarintStep = 0x80;

    public static async Task<IReadOnlyList<StoredDocument>> ReadAsync(ReadScope scope, string collection, IReadOnlyList<DocumentId> ids, CancellationToken cancellationToken)
    {
        var request = new GetRequest { Collection = collection, Database = scope.Database, Ids = KeysOf(ids), Snapshot = scope.SnapshotVersion.Raw };
        var reply = await scope.Calls.GetAsync(request, cancellationToken).ConfigureAwait(false);
        if (reply.MissingPartitions.Length > 0) throw QueryReader.Missing(reply.MissingPartitions);
        return reply.Page.Length == 0 ? [] : DocumentPageReader.DecodeAll(reply.Page);
    }

    private static byte[] KeysOf(IReadOnlyList<DocumentId> ids)
    {
        var keys = new byte[ids.Count * (2 + DocumentId.KeyBytesMax)];
        var used = 0;
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        foreach (var id in ids)
        {
            var length = id.WriteKey(key);
            if (length >= VarintStep) keys[used++] = (byte)(length | VarintStep);
            keys[used++] = (byte)(length >= VarintStep ? length >> 7 : length);
            key[..length].CopyTo(keys.AsSpan(used));
            used += length;
        }

        return keys[..used];
    }
}
