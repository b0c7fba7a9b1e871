// The catalog in whatever grain storage the cluster already has (PostgreSQL, Redis, ...): every provider compares
// etags, which is all that is needed. Records are states of grain ids of our own type; no such grain exists.
//
// What this does not do: check that the store's reads are linearizable (Cosmos needs Strong, DynamoDB
// ConsistentRead) or that it survives a power failure (Redis needs appendfsync always). The operator chooses it.

using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.Grains.Catalog;

/// <summary>A catalog record as grain state.</summary>
[GenerateSerializer, Alias("ingodb.catalog.state")]
public sealed class CatalogState
{
    [Id(0)] public string Json { get; set; } = "";
}

/// <summary>Compare-and-swap through an <see cref="IGrainStorage"/>.</summary>
internal sealed class GrainStorageCatalogStore(IGrainStorage storage) : ICatalogStore
{
    private const string StateName = "ingodb-catalog";

    public async ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var state = new GrainState<CatalogState>(new());
        await storage.ReadStateAsync(StateName, IdOf(key), state, cancellationToken).ConfigureAwait(false);
        return state is { RecordExists: true, ETag: { } etag } ? new(System.Text.Encoding.UTF8.GetBytes(state.State?.Json ?? ""), etag) : null;
    }

    public async ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken)
    {
        var state = new GrainState<CatalogState>(new() { Json = System.Text.Encoding.UTF8.GetString(json.Span) }, etag!) { RecordExists = etag is not null };
        try
        {
            await storage.WriteStateAsync(StateName, IdOf(key), state, cancellationToken).ConfigureAwait(false);
            return state.ETag;
        }
        catch (InconsistentStateException)
        {
            return null;
        }
    }

    private static GrainId IdOf(string key) => GrainId.Create("ingodb.catalog.record", key);
}
