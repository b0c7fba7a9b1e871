// Where the fields of a row lie, for somebody who looks at most of them and at every row of a table: the layout of
// RowFormat.cs is read directly, without a sequence and a value for each look. Rows are trusted as everywhere (written by
// RowWriter or proved); what a field's end says is still bounded by the row.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The fields of one row that has a shape.</summary>
internal readonly ref struct FieldPlaces
{
    private readonly ReadOnlySpan<byte> _row;
    private readonly int _count;
    private readonly int _width;
    private readonly int _payload;

    public FieldPlaces(ReadOnlySpan<byte> row, int count)
    {
        _row = row;
        _count = count;
        _width = row[0];
        _payload = 1 + count + (count * _width);
        if (_payload > row.Length) throw new InvalidOperationException("a row without room for its fields");
    }

    /// <summary>Missing for a negative ordinal.</summary>
    public EncodedValue this[int ordinal]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)ordinal >= (uint)_count) return EncodedValue.Missing;
            var start = ordinal == 0 ? 0 : EndOf(ordinal - 1);
            return new(Unsafe.Add(ref MemoryMarshal.GetReference(_row), 1 + ordinal), _row.Slice(_payload + start, EndOf(ordinal) - start));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int EndOf(int ordinal)
    {
        ref var ends = ref Unsafe.Add(ref MemoryMarshal.GetReference(_row), 1 + _count);
        if (_width == 1) return Unsafe.Add(ref ends, ordinal);
        var end = _row[(1 + _count + (ordinal * _width))..];
        return _width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(end) : BinaryPrimitives.ReadInt32LittleEndian(end);
    }
}
