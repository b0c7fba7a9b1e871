namespace IngoDB.Grains.Catalog;

/// <summary>A record as the store holds it. The etag names this very state.</summary>
public sealed record CatalogEntry(ReadOnlyMemory<byte> Json, string Etag);

/// <summary>
/// The few records that say what the cluster is: read, and replaced by compare-and-swap. Never IngoDB itself.
/// Reads are linearizable: what a finished write put there, every later read sees.
/// </summary>
public interface ICatalogStore
{
    /// <summary>Null when there is no such record.</summary>
    ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Replaces the record that has this etag; null: it must not exist. Returns the new etag, null when somebody else was faster.</summary>
    ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken);
}
