// One field of one collection in one table, as a row of small unsigned integers whose order is the order of the
// values. Whatever a query does with values (compare, sort, take the best k, count) it does with these; the rows
// themselves stay the truth and are read only for what is answered.
//
//   rows of the table   price 0.99 | 4.99 | 0.99 | (none) | 7.99
//   codes                       1  |   2  |   1  |    0   |   3       keys   0 missing, 1 0.99, 2 4.99, 3 7.99
//
// Codes lie in memory that the collector does not move, begin at a multiple of 64 bytes, and can be read 64 bytes past
// their end, so that a kernel takes whole vectors and cuts off afterwards. Of each 4,096 rows the least and the
// greatest code are known (zones), so that a search may skip them.
//
// A row that is no put has some code, too: TableColumns.NotPlain says which rows those are.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The codes of one field, row by row, and what they mean. Immutable; thread-safe.</summary>
internal sealed class CodeColumn
{
    public const int ZoneRows = 4096;

    /// <summary>Codes begin at a multiple of it, and as many bytes behind the last one can be read.</summary>
    public const int AlignmentBytes = 64;

    private readonly byte[] _memory;
    private readonly int _start;
    private readonly uint[] _zoneMin;
    private readonly uint[] _zoneMax;

    private CodeColumn(string field, int rows, int codeBytes, CodeKeys keys)
    {
        (Field, Rows, CodeBytes, Keys) = (field, rows, codeBytes, keys);
        _memory = codeBytes == 0 ? [] : GC.AllocateUninitializedArray<byte>(checked((rows * codeBytes) + (2 * AlignmentBytes)), pinned: true);
        _start = codeBytes == 0 ? 0 : StartOf(_memory);
        _memory.AsSpan(Math.Min(_memory.Length, _start + (rows * codeBytes))..).Clear();
        _zoneMin = new uint[(rows + ZoneRows - 1) / ZoneRows];
        _zoneMax = new uint[_zoneMin.Length];
    }

    public string Field { get; }

    /// <summary>Rows of the collection in the table; code i is that of row <see cref="TableColumns.FirstRow"/> + i.</summary>
    public int Rows { get; }

    /// <summary>0 (all rows have code 0), 1, 2 or 4.</summary>
    public int CodeBytes { get; }

    public CodeKeys Keys { get; }

    /// <summary>Codes are 0 .. CodeCount - 1; some may have no row.</summary>
    public uint CodeCount => Keys.Count;

    public ReadOnlySpan<byte> Codes8 => CodeBytes == 1 ? Memory : [];

    public ReadOnlySpan<ushort> Codes16 => CodeBytes == 2 ? MemoryMarshal.Cast<byte, ushort>(Memory) : [];

    public ReadOnlySpan<uint> Codes32 => CodeBytes == 4 ? MemoryMarshal.Cast<byte, uint>(Memory) : [];

    /// <summary>The least code of each 4,096 rows.</summary>
    public ReadOnlySpan<uint> ZoneMin => _zoneMin;

    /// <summary>The greatest code of each 4,096 rows.</summary>
    public ReadOnlySpan<uint> ZoneMax => _zoneMax;

    public long Bytes => _memory.LongLength + Keys.Bytes + (8L * _zoneMin.Length);

    private Span<byte> Memory => _memory.AsSpan(_start, Rows * CodeBytes);

    /// <summary>The code of one row; a loop rather takes the span of its width.</summary>
    public uint this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
            ref var codes = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _start);
            return CodeBytes switch
            {
                0 => 0,
                1 => Unsafe.Add(ref codes, row),
                2 => Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref codes, 2 * row)),
                _ => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref codes, 4 * row)),
            };
        }
    }

    /// <summary>The first code whose key is at or above an ordered key; <see cref="CodeCount"/> when there is none.</summary>
    public uint LowerBound(ReadOnlySpan<byte> orderedKey) => Keys.LowerBound(orderedKey);

    /// <summary>The code that stands for exactly this key.</summary>
    public bool TryFind(ReadOnlySpan<byte> orderedKey, out uint code)
    {
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        code = LowerBound(orderedKey);
        return code < CodeCount && key[..WriteKey(code, key)].SequenceEqual(orderedKey);
    }

    /// <summary>Writes the ordered key of a code (at most <see cref="ColumnFormat.KeyBytesMax"/> bytes); returns its length.</summary>
    public int WriteKey(uint code, Span<byte> target) => Keys.Write(code, target);

    /// <summary>A column in which all rows have the same value.</summary>
    public static CodeColumn Constant(string field, int rows, ReadOnlySpan<byte> orderedKey) =>
        new(field, rows, 0, new DictionaryKeys(orderedKey.ToArray(), [orderedKey.Length]));

    /// <summary>A column whose codes a caller writes, as wide as its keys need.</summary>
    public static CodeColumn Create<TState>(string field, int rows, CodeKeys keys, TState state, ColumnFill<TState> fill)
        where TState : allows ref struct
    {
        var column = new CodeColumn(field, rows, BytesFor(keys.Count), keys);
        if (column.CodeBytes > 0) fill(column.Memory, state);
        column.FindZones();
        return column;
    }

    /// <summary>A column from its codes as integers.</summary>
    public static CodeColumn Of(string field, ReadOnlySpan<uint> codes, CodeKeys keys) => Create(field, codes.Length, keys, codes, static (target, codes) =>
    {
        var width = target.Length / Math.Max(codes.Length, 1);
        for (var i = 0; i < codes.Length; i++)
        {
            if (width == 1) target[i] = (byte)codes[i];
            else if (width == 2) MemoryMarshal.Cast<byte, ushort>(target)[i] = (ushort)codes[i];
            else MemoryMarshal.Cast<byte, uint>(target)[i] = codes[i];
        }
    });

    /// <summary>How wide codes lie in memory when there are so many.</summary>
    public static int BytesFor(uint codeCount) => codeCount switch
    {
        <= 1 => 0,
        <= 1 << 8 => 1,
        <= 1 << 16 => 2,
        _ => 4,
    };

    private static unsafe int StartOf(byte[] pinned) => (int)(-(long)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)) & (AlignmentBytes - 1));

    private void FindZones()
    {
        switch (CodeBytes)
        {
            case 1: CodeZones.Find(Codes8, _zoneMin, _zoneMax); break;
            case 2: CodeZones.Find(Codes16, _zoneMin, _zoneMax); break;
            case 4: CodeZones.Find(Codes32, _zoneMin, _zoneMax); break;
            default: break;
        }
    }
}

/// <summary>Writes all codes of a column, in the width that its keys need.</summary>
internal delegate void ColumnFill<in TState>(Span<byte> codes, TState state)
    where TState : allows ref struct;
