// The rows that codes select, in the order in which they lie, which is that of their ids. Lazy: a zone is looked at when
// the one before is used up, so a limit ends the scan where it is reached.

using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Selected rows of one table by id, from <paramref name="firstRow"/> on.</summary>
internal sealed class ColumnRows(ColumnTable table, uint firstRow = 0) : RowStream
{
    private readonly ZoneBuffers _buffers = ZoneBuffers.Take();
    private int _zone = (int)(firstRow / Columns.CodeColumn.ZoneRows) - 1;
    private int _count, _next;

    public override ReadOnlySpan<byte> IdKey => table.IdKey;

    public override DocumentVersion Version => table.Version;

    public override Shape Shape => table.Shape;

    public override ReadOnlySpan<byte> Row => table.Row;

    public override ReadOnlySpan<byte> OrderKey => table.IdKey;

    public override bool MoveNext()
    {
        while (true)
        {
            while (_next < _count)
            {
                var row = _buffers.Rows[_next++];
                if (row < firstRow) continue;
                if (!table.MoveTo(row)) return false;
                if (!table.NeedsRows || table.IsAnswered()) return true;
            }

            if (!NextZone()) return false;
        }
    }

    public override void Dispose()
    {
        table.Dispose();
        _buffers.GiveBack();
        base.Dispose();
    }

    /// <summary>How many rows codes alone select, without going to one.</summary>
    public long Count()
    {
        var count = 0L;
        while (++_zone < table.Zones.Zones && table.Examine(_zone, table.Zones.Passes))
            if (table.Select(_zone, bound: null, _buffers.Mask)) count += RowMask.Count(_buffers.Mask.AsSpan(0, RowMask.Words(table.Zones.RowsOf(_zone))));
        return count;
    }

    private bool NextZone()
    {
        while (++_zone < table.Zones.Zones)
        {
            if (!table.Examine(_zone, table.Zones.Passes)) return false;
            if (!table.Select(_zone, bound: null, _buffers.Mask)) continue;
            var words = RowMask.Words(table.Zones.RowsOf(_zone));
            _count = RowMask.ToRows(_buffers.Mask.AsSpan(0, words), (uint)(_zone * Columns.CodeColumn.ZoneRows), _buffers.Rows);
            _next = 0;
            return true;
        }

        table.Tell();
        return false;
    }
}
