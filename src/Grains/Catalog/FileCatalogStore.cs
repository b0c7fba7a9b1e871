using System.Collections.Concurrent;
using System.Globalization;
using IngoDB.Engine.Files;
using IngoDB.Grains.Clustering;

namespace IngoDB.Grains.Catalog;

/// <summary>The catalog in a folder: one folder of versions per record (VersionedFolder), shared by the processes of one machine.</summary>
internal sealed class FileCatalogStore(IFileSystem files, string directory) : ICatalogStore
{
    private readonly ConcurrentDictionary<string, VersionedFolder> _records = new(StringComparer.Ordinal);

    public ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken) => new(Task.Run(() =>
        FolderOf(key).Read() is { } record ? new CatalogEntry(record.Content, EtagOf(record)) : null, cancellationToken));

    public ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken) => new(Task.Run(() =>
    {
        var folder = FolderOf(key);
        var current = folder.Read();
        if ((current is null ? null : EtagOf(current)) != etag) return null;
        return folder.TryReplace(current, json.Span) is { } written ? EtagOf(written) : null;
    }, cancellationToken));

    private VersionedFolder FolderOf(string key)
        => _records.GetOrAdd(key, k => new(files, Path.Combine([directory, .. k.Split('/').Select(Uri.EscapeDataString)])));

    /// <summary>Version and id: no etag ever names two states, whatever happens to the folder.</summary>
    private static string EtagOf(VersionedRecord record)
        => string.Create(CultureInfo.InvariantCulture, $"{record.Version}-{Convert.ToHexStringLower(record.Id.Span)}");
}
