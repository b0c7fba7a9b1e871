// A selection of documents by the columns of their tables. A column is read whole when it is not in memory yet, so a few results are not
// worth one.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Scanning;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Selects from documents of one map. One thread at a time.</summary>
internal sealed class SelectedCodes(CollectionMap map, Projection rows)
{
    /// <summary>Of so many rows one is a result: then a column costs less than the rows.</summary>
    private const int RowsPerResult = 16;

    private readonly CodeProjection _projection = new(rows);
    private readonly uint[] _firstRow = new uint[map.Tables.Length];
    private readonly CodeColumn[]?[] _columns = new CodeColumn[]?[map.Tables.Length];
    private readonly ulong[]?[] _met = new ulong[map.Tables.Length][];
    private bool _isOpen;

    public Shape Shape => _projection.Shape;

    public ReadOnlySpan<byte> Row => _projection.Row;

    /// <summary>So many results are coming: finds the columns if that is worth it.</summary>
    /// <exception cref="CorruptionException">The bytes of a column are damaged.</exception>
    public void Expect(int results)
    {
        if (_isOpen || (long)results * RowsPerResult < map.Count) return;
        _isOpen = true;
        for (var table = 0; table < _columns.Length; table++)
        {
            var columns = map.Tables[table].Columns(map.Collection);
            _columns[table] = _projection.ColumnsOf(columns);
            _firstRow[table] = columns?.FirstRow ?? 0;
        }
    }

    /// <summary>
    /// Another document of its table has the same code and was asked for before, so it is equal in all that is selected. False: it is the first
    /// with its code, or codes cannot tell.
    /// </summary>
    public bool WasMet(int document)
    {
        if (!_isOpen || document >= map.Count) return false;
        var table = map.TableAt(document);
        if (_columns[table] is not [var column]) return false;
        var code = column[(int)(map.RowOf[document] - _firstRow[table])];
        ref var word = ref (_met[table] ??= new ulong[RowMask.Words((int)column.CodeCount)])[code >> 6];
        var wasMet = (word & (1UL << (int)code)) != 0;
        word |= 1UL << (int)code;
        return wasMet;
    }

    /// <summary>Selects from a document. False: its row has to be looked at.</summary>
    public bool TryMoveTo(int document)
    {
        if (!_isOpen || document >= map.Count) return false;
        var table = map.TableAt(document);
        return _columns[table] is { } columns && _projection.TryApply(columns, (int)(map.RowOf[document] - _firstRow[table]));
    }
}
