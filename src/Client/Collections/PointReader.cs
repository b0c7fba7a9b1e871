using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Reads by id.</summary>
internal static class PointReader
{
    /// <summary>Ids of one call.</summary>
    public const int IdsMax = 1_000;

    public static async Task<IReadOnlyList<StoredDocument>> ReadAsync(ReadScope scope, string collection, DocumentId[] ids, CancellationToken cancellationToken)
    {
        var page = await ReadPageAsync(scope, collection, ids, cancellationToken).ConfigureAwait(false);
        return page.Length == 0 ? [] : DocumentPageReader.DecodeAll(page);
    }

    public static async Task<byte[]> ReadPageAsync(ReadScope scope, string collection, DocumentId[] ids, CancellationToken cancellationToken)
    {
        var request = new GetRequest { Collection = collection, Database = scope.Database, Ids = IdKeys.Write(ids), Snapshot = scope.SnapshotVersion.Raw, Concern = scope.Concern };
        var reply = await scope.Calls.GetAsync(request, cancellationToken).ConfigureAwait(false);
        scope.Saw(reply);
        return reply.MissingPartitions.Length == 0 ? reply.Page : throw QueryReader.Missing(reply.MissingPartitions);
    }
}
