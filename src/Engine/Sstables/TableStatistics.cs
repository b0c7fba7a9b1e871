// A table's description is counted while its rows stream by, in one pass and bounded memory: flush and compaction
// know nothing of it in advance, and nobody may read the table again to describe it.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Counts what goes into a table, row by row, until it becomes the table's <see cref="TableInfo"/>.</summary>
internal sealed class TableStatistics
{
    private readonly QuantileSampler _quantiles = new();
    private readonly List<(CollectionId Collection, long Rows)> _collections = [];
    private DocumentVersion _oldest = DocumentVersion.Max;
    private DocumentVersion _newest;
    private DocumentVersion _expiresMax;
    private byte[] _firstKey = [];
    private long _deletes;
    private long _expiring;
    private long _superseded;
    private long _userBytes;

    public long Entries { get; private set; }

    /// <param name="isSuperseded">A newer version of the key went before.</param>
    public void Add(EntryKind kind, DocumentVersion version, DocumentVersion expiresAt, ReadOnlySpan<byte> key, int rowBytes, bool isSuperseded)
    {
        if (Entries++ == 0) _firstKey = key.ToArray();
        if (kind == EntryKind.Delete) _deletes++;
        if (expiresAt != DocumentVersion.None) _expiring++;
        if (isSuperseded) _superseded++;
        _userBytes += key.Length + rowBytes;
        if (version < _oldest) _oldest = version;
        if (version > _newest) _newest = version;
        if (expiresAt > _expiresMax) _expiresMax = expiresAt;
        _quantiles.Add(key);
        Count(EntryKey.CollectionOf(key));
    }

    public TableInfo ToInfo(TableId id, long fileBytes, ReadOnlyMemory<byte> lastKey) =>
        new(id, fileBytes, Entries, _deletes, _userBytes, _firstKey, lastKey, Entries == 0 ? DocumentVersion.None : _oldest, _newest)
        {
            ExpiresMax = _expiresMax,
            ExpiringCount = _expiring,
            SupersededCount = _superseded,
            Quantiles = _quantiles.Finish(lastKey),
            Collections = [.. _collections],
        };

    // Keys ascend, so the rows of a collection come together.
    private void Count(CollectionId collection)
    {
        if (_collections.Count == 0 || _collections[^1].Collection != collection) _collections.Add((collection, 0));
        _collections[^1] = (collection, _collections[^1].Rows + 1);
    }
}
