// An index of a table whose fields have code columns needs no row to be read and no key to be compared: codes ascend with
// their keys, so rows are counted into the order of the last field, then of the one before, each time keeping the order there
// was. A key is written once for all rows that share it.
//
//   price   2 0 2 1 0      rows by price             1 4 | 3 | 0 2
//   category 1 0 0 1 1     the same by category      1 2 | 4 3 0          keys  c0 p0, c0 p2, c1 p0, c1 p1, c1 p2
//
// Deletes have codes, too, that mean nothing: the marks of the table say which rows to ask about.
//
// So an index of a merged table is not sorted again: the order is in the codes, which the merge has carried over (ColumnInputs).
//
// What this does not do: fields without a column, or with more codes than counting pays for. The keys of these are taken from rows and sorted.

using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine.Indexing;

/// <summary>Builds an index from codes. One thread.</summary>
internal static class CodeIndexBuilder
{
    private const uint CodesMax = 1 << 20;

    /// <summary>The same for a table that is there.</summary>
    public static bool TryAdd(Sstable table, IndexDefinition definition, IndexContents contents, Func<TableIndexWriter> open, out TableIndexInfo? built)
    {
        using var cursor = table.OpenCursor(new ReadCountersBox(), fillCache: false);
        return TryAdd(table.Columns(definition.Collection), definition, contents, row =>
        {
            cursor.MoveTo(row);
            return cursor.Kind == EntryKind.Put;
        }, open, out built);
    }

    /// <summary>False: codes do not tell what the index needs, and nothing was written.</summary>
    /// <param name="columns">Of the definition's collection; null: none.</param>
    /// <param name="isPut">Of a row that is marked; asked in ascending order.</param>
    public static bool TryAdd(TableColumns? columns, IndexDefinition definition, IndexContents contents, Func<RowId, bool> isPut, Func<TableIndexWriter> open, out TableIndexInfo? built)
    {
        built = null;
        if (columns is null || contents.Carries || ColumnsOf(definition.Fields, columns) is not { } fields) return false;
        var rows = RowsOf(columns, isPut);
        var scratch = ArrayPool<uint>.Shared.Rent(Math.Max(1, columns.Rows));
        try
        {
            var (from, to) = (rows, scratch);
            for (var i = fields.Length - 1; i >= 0; i--)
            {
                if (fields[i].CodeBytes == 0) continue;
                SortBy(fields[i], from.AsSpan(0, rows.Length), to);
                (from, to) = (to, from);
            }

            using var writer = open();
            Write(fields, from.AsSpan(0, rows.Length), columns, contents, writer);
            built = writer.Finish();
            return true;
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(scratch);
        }
    }

    private static CodeColumn[]? ColumnsOf(IndexFields fields, TableColumns columns)
    {
        var found = new CodeColumn[fields.Paths.Length];
        for (var i = 0; i < found.Length; i++)
        {
            if (ColumnName.Of(fields.Paths[i]) is not { } name || columns.Find(name) is not { CodeCount: <= CodesMax } column) return null;
            found[i] = column;
        }

        return found;
    }

    /// <summary>The collection's rows that are no deletes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint[] RowsOf(TableColumns columns, Func<RowId, bool> isPut)
    {
        var hidden = columns.NotPlain;
        var rows = new uint[columns.Rows];
        var count = 0;
        for (var i = 0u; i < rows.Length; i++)
            if (!IsMarked(hidden, i) || isPut(new(columns.FirstRow + i))) rows[count++] = i;
        return count == rows.Length ? rows : rows[..count];
    }

    private static bool IsMarked(ReadOnlySpan<ulong> marks, uint row) => !marks.IsEmpty && ((marks[(int)(row / 64)] >> (int)(row % 64)) & 1) != 0;

    private static void SortBy(CodeColumn column, ReadOnlySpan<uint> rows, Span<uint> sorted)
    {
        switch (column.CodeBytes)
        {
            case 1: SortBy(column.Codes8, column.CodeCount, rows, sorted); break;
            case 2: SortBy(column.Codes16, column.CodeCount, rows, sorted); break;
            default: SortBy(column.Codes32, column.CodeCount, rows, sorted); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SortBy<TCode>(ReadOnlySpan<TCode> codes, uint codeCount, ReadOnlySpan<uint> rows, Span<uint> sorted)
        where TCode : unmanaged, IBinaryInteger<TCode>
    {
        var begins = new int[codeCount];
        foreach (var row in rows) begins[int.CreateTruncating(codes[(int)row])]++;
        var sum = 0;
        foreach (ref var begin in begins.AsSpan()) (begin, sum) = (sum, sum + begin);
        foreach (var row in rows) sorted[begins[int.CreateTruncating(codes[(int)row])]++] = row;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(CodeColumn[] fields, ReadOnlySpan<uint> rows, TableColumns columns, IndexContents contents, TableIndexWriter writer)
    {
        var hidden = columns.NotPlain;
        var key = new byte[fields.Length * ColumnFormat.KeyBytesMax];
        var (codes, length, isWanted) = (new uint[fields.Length], -1, true);
        foreach (var row in rows)
        {
            var isSame = length >= 0;
            for (var i = 0; i < fields.Length; i++)
            {
                var code = fields[i][(int)row];
                isSame &= code == codes[i];
                codes[i] = code;
            }

            if (!isSame)
            {
                length = 0;
                for (var i = 0; i < fields.Length; i++) length += fields[i].WriteKey(codes[i], key.AsSpan(length));
                isWanted = contents.Has(key.AsSpan(0, length));
            }

            if (isWanted) writer.Add(key.AsSpan(0, length), new(new(columns.FirstRow + row), IsMarked(hidden, row)));
        }
    }
}
