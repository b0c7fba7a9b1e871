// The rows of one table that indexes give together, gone to in the order in which they lie, which is that of their ids.
// Like every row found by an index, each counts only when the snapshot sees it, the filter holds, and nothing newer hides
// it (IndexRows).

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Rows of a term in one table, by id, from <paramref name="firstRow"/> on.</summary>
internal sealed class RowSetRows(Sstable table, TableCursor rows, IndexTerm term, RowSets sets, IndexRowsScope scope, uint firstRow) : RowStream
{
    private readonly RowLookahead _lookahead = table.OpenLookahead();
    private uint[]? _references;
    private uint[] _rows = [];
    private int _at = -1;

    public override ReadOnlySpan<byte> IdKey => EntryKey.IdBytesOf(rows.Key);

    public override DocumentVersion Version => rows.Version;

    public override Shape Shape => rows.Shape;

    public override ReadOnlySpan<byte> Row => rows.Row;

    public override ReadOnlySpan<byte> OrderKey => IdKey;

    public override bool MoveNext()
    {
        if (_references is null) Collect();
        while (++_at < _rows.Length)
        {
            if (!scope.Meter.Fetch()) return false;
            _lookahead.Warm(_rows, _at, firstRow: 0);
            rows.MoveTo(new(_rows[_at]));
            if (Counts(RowReference.Decode(_references![_at]))) return true;
        }

        return false;
    }

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }

    private void Collect()
    {
        var all = sets.Of(term);
        var from = 0;
        while (from < all.Length && RowReference.Decode(all[from]).Row.Value < firstRow) from++;
        _references = all[from..];
        _rows = new uint[_references.Length];
        for (var i = 0; i < _rows.Length; i++) _rows[i] = RowReference.Decode(_references[i]).Row.Value;
    }

    private bool Counts(RowReference reference)
        => scope.At.Sees(rows.Version)
            && !scope.At.IsExpired(rows.ExpiresAt)
            && scope.Filter.Matches(rows.Key, rows.Version, rows.Shape, rows.Row)
            && !scope.Newer.Exist(rows.Key, rows.Version, table, askOwn: reference.Superseded);
}
