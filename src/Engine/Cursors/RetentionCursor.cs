// What flush and compaction may forget. Readers stand at or above the watermark (the oldest live snapshot, or now
// minus the retention; nobody can go below it any more), so of each key they need every version above it, and the
// newest one at or below it, which is what a reader exactly at the watermark sees:
//
//   key k    v9   v7  |  v5   v3   v2          watermark = 6
//            keep keep|  keep  -    -          (the original kept versions ≥ the snapshot and dropped v5, the one
//                                               that the snapshot reads)
//
// If that v5 is a deletion, or expired at the watermark already, every reader finds nothing there. It hides what is
// older: here that is dropped with it, but an older version elsewhere would come back to life. So it goes too only
// when nothing outside can hold one; otherwise it stays, an expired row as a mere deletion.
//
// What is remembered of requests is read at no snapshot: only the newest of a key is kept, and nothing that is too old.
// Rows of dropped collections vanish, unread. The same entry from two sources counts once.

using System.Collections.Immutable;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Cursors;

/// <summary>What may be forgotten, as values.</summary>
internal sealed record RetentionRule(DocumentVersion Watermark, ImmutableHashSet<CollectionId> DroppedCollections, OlderVersions Elsewhere)
{
    /// <summary>What is remembered of requests below it is forgotten.</summary>
    public DocumentVersion RequestsFrom { get; init; }
}

/// <summary>The entries of a source that some reader may still need. Owns the source. One thread; forward only.</summary>
internal sealed class RetentionCursor(EntryCursor source, RetentionRule rule) : EntryCursor
{
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private int _keyLength;
    private CollectionId _collection;
    private bool _isCollectionDropped;
    private DocumentVersion _lastVersion;
    private bool _served;
    private bool _asDelete;

    public override ReadOnlySpan<byte> Key => source.Key;

    public override DocumentVersion Version => source.Version;

    public override EntryKind Kind => _asDelete ? EntryKind.Delete : source.Kind;

    public override DocumentVersion ExpiresAt => _asDelete ? DocumentVersion.None : source.ExpiresAt;

    public override Shape Shape => _asDelete ? Shape.SelfDescribed : source.Shape;

    public override ReadOnlySpan<byte> Row => _asDelete ? [] : source.Row;

    public override EntryView Entry => AsKept(source.Entry);

    public override bool Seek(ReadOnlySpan<byte> key) => Seek(key, out _);

    public override bool MoveNext() => MoveNext(out _);

    /// <summary>The same, with the entry it stands on then.</summary>
    public bool Seek(ReadOnlySpan<byte> key, out EntryView entry)
    {
        _keyLength = 0;
        return MoveToKept(source.Seek(key), out entry);
    }

    /// <summary>The same, with the entry it stands on then.</summary>
    public bool MoveNext(out EntryView entry) => MoveToKept(source.MoveNext(), out entry);

    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }

    private bool MoveToKept(bool onEntry, out EntryView entry)
    {
        while (onEntry)
        {
            entry = source.Entry;
            if (IsCollectionDropped(entry.Key))
            {
                onEntry = SeekPast(_collection);
            }
            else if (IsNeeded(entry))
            {
                entry = AsKept(entry);
                return true;
            }
            else
            {
                onEntry = source.MoveNext();
            }
        }

        entry = default;
        return false;
    }

    private EntryView AsKept(EntryView entry) => !_asDelete ? entry : new()
    {
        Key = entry.Key, Version = entry.Version, Kind = EntryKind.Delete, ExpiresAt = DocumentVersion.None, Shape = Shape.SelfDescribed, Row = [], Origin = entry.Origin,
    };

    private bool IsCollectionDropped(ReadOnlySpan<byte> key)
    {
        var collection = EntryKey.CollectionOf(key);
        if (collection == _collection) return _isCollectionDropped;
        _collection = collection;
        return _isCollectionDropped = rule.DroppedCollections.Contains(collection);
    }

    private bool SeekPast(CollectionId collection)
        => collection.Value != uint.MaxValue && source.Seek(EntryKey.Prefix(new(collection.Value + 1)));

    private bool IsNeeded(in EntryView entry)
    {
        _asDelete = false;
        if (!IsKnownKey(entry.Key)) BeginKey(entry.Key);
        else if (entry.Version == _lastVersion) return false;
        _lastVersion = entry.Version;

        if (_collection == CollectionId.Requests) return !Served() && entry.Version >= rule.RequestsFrom;
        if (entry.Version > rule.Watermark) return true;
        if (Served()) return false;
        if (!HidesOnly(entry)) return true;
        _asDelete = true;
        return rule.Elsewhere.MayExist(entry.Key, entry.Version);
    }

    private bool Served()
    {
        var before = _served;
        _served = true;
        return before;
    }

    /// <summary>No reader at or above the watermark finds a document here.</summary>
    private bool HidesOnly(in EntryView entry) => entry.Kind == EntryKind.Delete || ReadPoint.At(rule.Watermark).IsExpired(entry.ExpiresAt);

    private bool IsKnownKey(ReadOnlySpan<byte> key) => _keyLength != 0 && key.SequenceEqual(_key.AsSpan(0, _keyLength));

    private void BeginKey(ReadOnlySpan<byte> key)
    {
        key.CopyTo(_key);
        _keyLength = key.Length;
        _served = false;
    }
}
