using System.Globalization;

namespace IngoDB.Grains.Catalog;

/// <summary>A catalog that is gone with the process: for tests, and for silos that share one.</summary>
internal sealed class MemoryCatalogStore : ICatalogStore
{
    private readonly Dictionary<string, CatalogEntry> _records = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _writes;

    public ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate) return new(_records.GetValueOrDefault(key));
    }

    public ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_records.GetValueOrDefault(key)?.Etag != etag) return new((string?)null);
            var written = new CatalogEntry(json.ToArray(), (++_writes).ToString(CultureInfo.InvariantCulture));
            _records[key] = written;
            return new(written.Etag);
        }
    }
}
