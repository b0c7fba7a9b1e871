// An index belongs to one table and knows nothing of what is newer elsewhere. A hit therefore counts only after three
// proofs: the snapshot sees it, the whole filter holds for its row, and no memtable or table has a newer version.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What every index stream of one query shares.</summary>
internal sealed record IndexRowsScope(ReadPoint At, CompiledFilter Filter, BudgetMeter Meter, NewerVersions Newer);

/// <summary>
/// Rows of one table through its index: entry, row, filter, and the proof that no newer version hides it. With an
/// order, the stream is in it; a row with several matching elements comes once either way.
/// </summary>
/// <param name="carried">Of a covering index: stands in for the rows, which are not gone to then.</param>
/// <param name="keyAt">Where in a compound key the field of the order begins.</param>
internal sealed class IndexRows(Sstable table, TableCursor rows, CarriedCursor? carried, IReadOnlyList<RangeEntries> segments, IndexRowsScope scope, OrderKeys? order, SortKey? key, int keyAt, bool mayRepeat) : RowStream
{
    private readonly HashSet<uint>? _seen = mayRepeat ? [] : null;
    private readonly EntryCursor _at = carried is null ? rows : carried;
    private byte[] _orderKey = [];
    private int _orderKeyBytes, _segment;

    public override ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(_at.Key);

    public override DocumentVersion Version => _at.Version;

    public override Shape Shape => _at.Shape;

    public override ReadOnlySpan<byte> Row => _at.Row;

    public override ReadOnlySpan<byte> OrderKey => _orderKey.AsSpan(0, _orderKeyBytes);

    public override bool MoveNext()
    {
        for (; _segment < segments.Count; _segment++)
        {
            var entries = segments[_segment];
            while (entries.MoveNext())
            {
                if (!(carried is null ? scope.Meter.Fetch() : scope.Meter.Cover())) return false;
                if (_seen is not null && !_seen.Add(entries.Reference.Row.Value)) continue;
                if (carried is null) rows.MoveTo(entries.Reference.Row);
                else carried.Show(entries.Carried);
                if (!Counts(entries.Reference)) continue;
                KeepOrderKey(entries.Key[keyAt..]);
                return true;
            }
        }

        return false;
    }

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }

    private bool Counts(RowReference reference)
        => scope.At.Sees(_at.Version)
            && !scope.At.IsExpired(_at.ExpiresAt)
            && scope.Filter.Matches(_at.Key, _at.Version, _at.Shape, _at.Row)
            && !scope.Newer.Exist(_at.Key, _at.Version, table, askOwn: reference.Superseded);

    private void KeepOrderKey(ReadOnlySpan<byte> indexKey)
    {
        if (order is null) return;
        var built = order.Of(indexKey, key, IdKey);
        if (_orderKey.Length < built.Length) _orderKey = new byte[built.Length * 2];
        built.CopyTo(_orderKey);
        _orderKeyBytes = built.Length;
    }
}
