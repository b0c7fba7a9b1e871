// What each code of a column adds to a sum, found out once a column and kept for as long as it is there: nearly always a multiple of
// 2^-64, so that adding it is one addition of 128 bits. Codes of values that are no numbers add nothing; numbers that do not fit
// (19.99m, 1e300) are added the long way. Of a column with very many codes, each number is computed when it is met.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>Codes of one column as numbers. Thread-safe.</summary>
internal sealed class CodeNumbers
{
    private const uint CodesKeptMax = 1 << 18;

    private static readonly ConditionalWeakTable<CodeColumn, CodeNumbers> Known = [];

    private readonly CodeColumn _column;
    private readonly Kind[] _kinds;
    private readonly Int128[] _units;
    private readonly Dictionary<uint, EncodedOperand> _others = [];

    private CodeNumbers(CodeColumn column)
    {
        _column = column;
        var kept = column.CodeCount <= CodesKeptMax ? column.CodeCount : 0;
        (_kinds, _units) = (new Kind[kept], new Int128[kept]);
        for (var code = 0u; code < kept; code++)
        {
            var number = NumberOf(column, code);
            if (!number.IsNumber) continue;
            _kinds[code] = ExactSum.TryToFixed(number, out _units[code]) ? Kind.Fixed : Kind.Other;
            if (_kinds[code] == Kind.Other) _others[code] = new(number);
        }
    }

    private enum Kind : byte { NoNumber, Fixed, Other }

    public static CodeNumbers Of(CodeColumn column) => Known.GetValue(column, static column => new(column));

    /// <summary>Adds the i-th code to the sum of the i-th group.</summary>
    public void AddTo(ExactSum[] sums, ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes)
    {
        if (_kinds.Length == 0)
        {
            for (var i = 0; i < groups.Length; i++) sums[groups[i]].Add(NumberOf(_column, codes[i]));
            return;
        }

        ref var units = ref MemoryMarshal.GetArrayDataReference(_units);
        for (var i = 0; i < groups.Length; i++)
        {
            var code = codes[i];
            if (_kinds[code] == Kind.Fixed) sums[groups[i]].AddFixed(Unsafe.Add(ref units, code), 1);
            else if (_kinds[code] == Kind.Other) sums[groups[i]].Add(_others[code].View);
        }
    }

    private static Value NumberOf(CodeColumn column, uint code)
    {
        if (column.Keys is NumberKeys numbers && numbers.Kind != NumberKind.Timestamps)
        {
            var lowest = NumberKeys.LowestCount(numbers.Lowest);
            if (code < lowest) return Value.Missing;
            var number = unchecked(numbers.First + (long)((code - lowest) * numbers.Step));
            return numbers.Kind == NumberKind.Integers ? Value.From(number) : Value.From(DecimalNumbers.Divide(number, numbers.Scale));
        }

        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        ReadOnlySpan<byte> written = key[..column.WriteKey(code, key)];
        return OrderedKey.Decode(ref written);
    }
}
