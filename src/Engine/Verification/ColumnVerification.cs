// Rows are the truth, and columns are believed instead of them: so every code must stand for the very value that its
// row has, a field without a place in the directory must be in no row, and the marks must tell exactly the rows that
// are deletes or stand below a newer version.

using System.Buffers;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Verification;

/// <summary>Compares the columns of one collection in a table with its rows.</summary>
internal sealed class ColumnVerification
{
    private readonly string _path;
    private readonly TableColumns _columns;
    private readonly List<(CodeColumn Column, FieldPath Path)> _loaded = [];
    private readonly HashSet<Shape> _known = [];
    private readonly ArrayBufferWriter<byte> _expected = new(64);
    private readonly byte[] _key = new byte[ColumnFormat.KeyBytesMax];

    /// <exception cref="CorruptionException">A column's bytes are damaged.</exception>
    private ColumnVerification(string path, TableColumns columns)
    {
        (_path, _columns) = (path, columns);
        foreach (var field in columns.Fields)
            if (columns.Find(field) is { } column) _loaded.Add((column, ColumnName.PathOf(field)));
    }

    /// <exception cref="CorruptionException">A column is damaged, or does not agree with the rows.</exception>
    public static void Run(string path, Sstable table, CancellationToken cancellationToken)
    {
        foreach (var (collection, _) in table.Info.Collections)
        {
            if (table.Columns(collection) is not { } columns) continue;
            var verification = new ColumnVerification(path, columns);
            using var rows = table.OpenCursor(new ReadCountersBox(), fillCache: false);
            verification.Run(rows, cancellationToken);
        }
    }

    private void Run(TableCursor rows, CancellationToken cancellationToken)
    {
        var before = Array.Empty<byte>();
        var found = rows.Seek(EntryKey.Prefix(_columns.Collection));
        for (var row = 0; row < _columns.Rows; row++, found = rows.MoveNext())
        {
            if (row % 4096 == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!found || rows.RowId.Value != _columns.FirstRow + (uint)row) throw Damage($"its columns begin at row {_columns.FirstRow}, its rows of {_columns.Collection} do not");
            var isSuperseded = rows.Key.SequenceEqual(before);
            if (!isSuperseded) before = rows.Key.ToArray();
            if (IsMarked(row) != (isSuperseded || rows.Kind != EntryKind.Put)) throw Damage($"the mark of row {rows.RowId.Value} is wrong");
            if (rows.Kind == EntryKind.Put) VerifyPut(rows, row);
        }
    }

    private void VerifyPut(TableCursor rows, int row)
    {
        if (_known.Add(rows.Shape))
            foreach (var name in rows.Shape.Names)
                if (_columns.KnowsAllFields && !ReservedFields.Contains(name) && !ColumnName.IsNested(name) && !_columns.Fields.Contains(name)) throw Damage($"row {rows.RowId.Value} has a field '{name}' that its columns deny");
        var values = new RowReader(rows.Shape, rows.Row);
        foreach (var (column, path) in _loaded)
        {
            _expected.ResetWrittenCount();
            OrderedKey.Append(values.At(path), _expected);
            if (!_expected.WrittenSpan.SequenceEqual(_key.AsSpan(0, column.WriteKey(column[row], _key)))) throw Damage($"the column of '{path.Text}' has another value for row {rows.RowId.Value}");
        }
    }

    private bool IsMarked(int row) => !_columns.NotPlain.IsEmpty && ((_columns.NotPlain[row / 64] >> (row % 64)) & 1) != 0;

    private CorruptionException Damage(string detail) => new(_path, 0, detail);
}
