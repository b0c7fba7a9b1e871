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

    public static async Task<IReadOnlyList<StoredDocument>> ReadAsync(ReadScope scope, string collection, IReadOnlyList<DocumentId> ids, CancellationToken cancellationToken)
    {
        var request = new GetRequest { Collection = collection, Database = scope.Database, Ids = IdKeys.Write(ids), Snapshot = scope.SnapshotVersion.Raw };
        var reply = await scope.Calls.GetAsync(request, cancellationToken).ConfigureAwait(false);
        if (reply.MissingPartitions.Length > 0) throw QueryReader.Missing(reply.MissingPartitions);
        return reply.Page.Length == 0 ? [] : DocumentPageReader.DecodeAll(reply.Page);
    }
}
