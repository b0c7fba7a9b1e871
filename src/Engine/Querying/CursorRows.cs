// Rows by the primary order: a stretch of it, or single points. Beside a half-built index the stretch covers the
// places the index does not know yet, and each row found there must still be the newest of its document.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>
/// A stretch of the primary order: visible entries between two keys, filtered. Beside an index it reads the places
/// that do not have the index; then <paramref name="indexed"/> are the others, asked whether they hold a newer version.
/// </summary>
internal sealed class CursorRows(EntryCursor visible, KeyRange keys, CompiledFilter filter, BudgetMeter meter, NewerVersions newer, IReadOnlyList<Sstable> indexed) : RowStream
{
    private bool _started;

    public override ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(visible.Key);

    public override DocumentVersion Version => visible.Version;

    public override Shape Shape => visible.Shape;

    public override ReadOnlySpan<byte> Row => visible.Row;

    public override ReadOnlySpan<byte> OrderKey => IdKey;

    public override bool MoveNext()
    {
        for (var found = Advance(); found && !keys.IsBelow(visible.Key); found = visible.MoveNext())
        {
            if (!meter.Examine()) return false;
            if (filter.Matches(visible.Key, visible.Version, visible.Shape, visible.Row) && !newer.ExistIn(indexed, visible.Key, visible.Version)) return true;
        }

        return false;
    }

    public override void Dispose()
    {
        visible.Dispose();
        base.Dispose();
    }

    private bool Advance()
    {
        if (_started) return visible.MoveNext();
        _started = true;
        var found = visible.Seek(keys.Low.Span);
        return found && keys.IsAbove(visible.Key) ? visible.MoveNext() : found;
    }
}

/// <summary>Documents of known ids, in the order given (ascending).</summary>
internal sealed class PointRows(Manifests.EngineState state, ReadPoint at, CollectionId collection, IReadOnlyList<DocumentId> ids, CompiledFilter filter, BudgetMeter meter, ReadCountersBox counters) : RowStream
{
    private readonly byte[] _key = new byte[EntryKey.BytesMax];
    private int _keyBytes, _at = -1;
    private EntryHit _hit;

    public override ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(_key.AsSpan(0, _keyBytes));

    public override DocumentVersion Version => _hit.Version;

    public override Shape Shape => _hit.Shape;

    public override ReadOnlySpan<byte> Row => _hit.Row.Span;

    public override ReadOnlySpan<byte> OrderKey => IdKey;

    public override bool MoveNext()
    {
        while (++_at < ids.Count)
        {
            if (!meter.Fetch()) return false;
            _keyBytes = EntryKey.Write(_key, collection, ids[_at]);
            var key = _key.AsSpan(0, _keyBytes);
            if (PointReader.TryGet(state, at, key, ref counters.Value, out _hit) && filter.Matches(key, _hit.Version, _hit.Shape, _hit.Row.Span)) return true;
        }

        return false;
    }
}
