using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Engine.Scanning;

/// <summary>The codes of some rows of a column, side by side, whatever their width.</summary>
internal static class CodeGather
{
    /// <param name="rows">Rows of the column; checked by their greatest, since they ascend.</param>
    /// <param name="codes">As long as the rows.</param>
    public static void Of(CodeColumn column, ReadOnlySpan<uint> rows, Span<uint> codes)
    {
        if (rows.IsEmpty) return;
        Invariant.Holds(rows[^1] < (uint)column.Rows && codes.Length == rows.Length);
        switch (column.CodeBytes)
        {
            case 0: codes.Clear(); break;
            case 1: Gather(column.Codes8, rows, codes); break;
            case 2: Gather(column.Codes16, rows, codes); break;
            default: Gather(column.Codes32, rows, codes); break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<T> column, ReadOnlySpan<uint> rows, Span<uint> codes)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        ref var first = ref MemoryMarshal.GetReference(column);
        for (var i = 0; i < rows.Length; i++) codes[i] = uint.CreateTruncating(Unsafe.Add(ref first, rows[i]));
    }
}
