// `select` without going to a row: where every selected field has a column of few values, a row's codes tell all that is asked of it,
// and the codes of neighbouring rows are neighbours in memory.
//
//   row 7 of `to`   code 2 ─► key 28 'D''F''W' 00 01 ─► row 01 | String | 3 | D F W
//
// A code stands for all values that compare equal, so it tells the value only where equal values are the same bytes: text, truth, null,
// and not being there. A number's type is in the row only (1 and 1.0 share a code), as are bytes, uuids and times, which seldom have few
// values; whoever meets one of these goes to the row.

using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Projects rows by their codes. One thread at a time.</summary>
/// <param name="rows">The same selection of rows: shapes are shared with it.</param>
internal sealed class CodeProjection(Projection rows)
{
    private const int FieldsMax = 8;

    private readonly string[] _fields = [.. rows.Fields];
    private readonly Shape?[] _shapes = new Shape?[1 << Math.Min(rows.Fields.Count, FieldsMax)];
    private readonly DictionaryKeys[] _keys = new DictionaryKeys[rows.Fields.Count];
    private readonly uint[] _codes = new uint[rows.Fields.Count];
    private byte[] _row = new byte[256];
    private int _length;

    public Shape Shape { get; private set; } = Shape.SelfDescribed;

    public ReadOnlySpan<byte> Row => _row.AsSpan(0, _length);

    /// <summary>Codes can tell a selection: whole top-level fields, and few.</summary>
    public static bool CanTell(Projection rows) => rows.IsFlat && rows.Fields.Count <= FieldsMax;

    /// <summary>The columns of the selection; null when one of the fields has none that tells values. Loads what is not in memory.</summary>
    /// <exception cref="CorruptionException">The bytes of a column are damaged.</exception>
    public CodeColumn[]? ColumnsOf(TableColumns? columns)
    {
        if (columns is null || !_fields.All(columns.Has)) return null;
        CodeColumn[] found = [.. _fields.Select(field => columns.Find(field)!)];
        return found.All(column => column.Keys is DictionaryKeys) ? found : null;
    }

    /// <summary>Projects a row. False: the row has to be looked at.</summary>
    /// <param name="columns">As <see cref="ColumnsOf"/> gave them.</param>
    public bool TryApply(ReadOnlySpan<CodeColumn> columns, int row)
    {
        var (there, count, payload) = (0, 0, 0);
        for (var i = 0; i < columns.Length; i++)
        {
            (_keys[i], _codes[i]) = ((DictionaryKeys)columns[i].Keys, columns[i][row]);
            if (!OrderedKey.TryRead(_keys[i][_codes[i]], out var value)) return false;
            if (value.IsMissing) continue;
            there |= 1 << i;
            count++;
            payload += value.Payload.Length;
        }

        Shape = _shapes[there] ??= rows.ShapeOf([.. _fields.Where((_, i) => (there & (1 << i)) != 0)]);
        Write(count, payload);
        return true;
    }

    private void Write(int count, int payload)
    {
        var width = SequenceBuilder.WidthOf(payload);
        var first = 1 + (count * (1 + width));
        _length = first + payload;
        if (_row.Length < _length) _row = new byte[2 * _length];
        _row[0] = (byte)width;
        var (at, written) = (first, 0);
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!OrderedKey.TryRead(_keys[i][_codes[i]], out var value) || value.IsMissing) continue;
            value.Payload.CopyTo(_row.AsSpan(at));
            at += value.Payload.Length;
            _row[1 + written] = value.Tag;
            SequenceBuilder.WriteEnd(_row.AsSpan(1 + count + (written++ * width)), width, at - first);
        }
    }
}
