// The catalog has many writers and no lock: every change reads a record, decides, and replaces it only if nobody was
// faster. A reply that was lost is told from a lost race by the change id that each write leaves behind.

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Typed records over an <see cref="ICatalogStore"/>, changed by read, decide, compare-and-swap, again if somebody was faster.</summary>
internal sealed class CatalogRecordStore(ICatalogStore store)
{
    private const int AttemptsMax = 200;

    public async ValueTask<T?> ReadAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : CatalogRecord
        => (await ReadWithEtagAsync(key, type, cancellationToken).ConfigureAwait(false)).Record;

    /// <summary>
    /// Changes a record (null: there is none). <paramref name="change"/> is pure and may run several times; when it
    /// gives back what it got, nothing is written. Returns what is in the store afterwards.
    /// </summary>
    public async ValueTask<T> ChangeAsync<T>(string key, JsonTypeInfo<T> type, Func<T?, T> change, CancellationToken cancellationToken) where T : CatalogRecord
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var (current, etag) = await ReadWithEtagAsync(key, type, cancellationToken).ConfigureAwait(false);
            var wanted = change(current);
            if (ReferenceEquals(wanted, current)) return wanted;
            wanted = wanted with { ChangeId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)) };
            if (await TryWriteAsync(key, type, wanted, etag, cancellationToken).ConfigureAwait(false)) return wanted;
        }

        throw new UnavailableException("catalog.contended", $"The catalog record '{key}' changed {AttemptsMax} times under one change.");
    }

    private async ValueTask<bool> TryWriteAsync<T>(string key, JsonTypeInfo<T> type, T wanted, string? etag, CancellationToken cancellationToken) where T : CatalogRecord
    {
        try
        {
            return await store.TryWriteAsync(key, JsonSerializer.SerializeToUtf8Bytes(wanted, type), etag, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The outcome is unknown: the record itself says whether the change is in it.
            var found = await ReadAsync(key, type, cancellationToken).ConfigureAwait(false);
            if (found?.ChangeId == wanted.ChangeId) return true;
            // A store may say "it exists already" in its own words (a unique index): somebody else made it.
            if (etag is null && found is not null) return false;
            throw;
        }
    }

    private async ValueTask<(T? Record, string? Etag)> ReadWithEtagAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : CatalogRecord
    {
        if (await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } entry) return (null, null);
        try
        {
            return (JsonSerializer.Deserialize(entry.Json.Span, type), entry.Etag);
        }
        catch (JsonException e)
        {
            throw new CorruptionException($"catalog record {key}", e.BytePositionInLine ?? 0, e.Message);
        }
    }
}
