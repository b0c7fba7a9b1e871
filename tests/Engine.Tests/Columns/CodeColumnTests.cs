// A code stands for a value exactly when the keys agree, in both directions: from a code to its key, and from any key,
// present or not, to the first code at or above it.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CsCheck;
using IngoDB.Engine.Columns;
using IngoDB.Model;

namespace IngoDB.Tests.Columns;

public sealed class CodeColumnTests
{
    [Fact]
    public void A_dictionary_finds_the_first_code_at_or_above_any_key() =>
        Gen.Select(ValueGenerators.Scalar.List[1, 30], ValueGenerators.AnyValue).Sample((values, wanted) =>
        {
            var keys = values.Select(KeyOf).DistinctBy(Convert.ToHexString).OrderBy(Convert.ToHexString, StringComparer.Ordinal).ToList();
            AssertBounds(Dictionary(keys), keys, KeyOf(wanted));
        });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(ColumnFormat.MissingBit, 1)]
    [InlineData(ColumnFormat.NullBit, 1)]
    [InlineData(ColumnFormat.MissingBit | ColumnFormat.NullBit, 2)]
    public void Computed_keys_are_those_of_the_numbers_behind_missing_and_null(byte lowest, int before)
    {
        List<byte[]> expected = [KeyOf(Value.Missing), KeyOf(Value.Null)];
        if ((lowest & ColumnFormat.NullBit) == 0) expected.RemoveAt(1);
        if ((lowest & ColumnFormat.MissingBit) == 0) expected.RemoveAt(0);
        AssertBounds(new NumberKeys(NumberKind.Integers, 0, lowest, -3, 7, (uint)before + 3), [.. expected, KeyOf(-3L), KeyOf(4L), KeyOf(11L)], KeyOf(3.5));
        AssertBounds(new NumberKeys(NumberKind.Decimals, 2, lowest, 99, 100, (uint)before + 2), [.. expected, KeyOf(0.99), KeyOf(1.99)], KeyOf(0.99m));
        AssertBounds(new NumberKeys(NumberKind.Timestamps, 0, lowest, 50, 10, (uint)before + 2), [.. expected, KeyOf(Value.FromTimestampTicks(50)), KeyOf(Value.FromTimestampTicks(60))], KeyOf("later"));
    }

    [Fact]
    public void Integers_to_both_ends_have_exact_keys() =>
        Gen.Select(Gen.Long, Gen.UInt[1, 1000]).Where((first, count) => first <= long.MaxValue - count).Sample((first, count) =>
        {
            var keys = new NumberKeys(NumberKind.Integers, 0, 0, first, 1, count);
            AssertBounds(keys, [.. Enumerable.Range(0, (int)count).Select(i => KeyOf(first + i))], KeyOf((double)first));
        });

    [Fact]
    public void Decimals_that_people_write_are_integers_divided_and_come_back_exactly() =>
        Gen.Select(Gen.Long[-1_000_000_000, 1_000_000_000], Gen.Int[0, 6]).Sample((number, digits) =>
        {
            var value = double.Parse(new decimal(number) / (decimal)Math.Pow(10, digits) + "", System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(DecimalNumbers.TryMultiply(value, digits, out var found));
            Assert.Equal(number, found);
            Assert.Equal(value, DecimalNumbers.Divide(found, digits));
            Assert.InRange(DecimalNumbers.ScaleOf(value), 0, digits);
        });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    [InlineData(double.Epsilon)]
    [InlineData(1.0 / 3)]
    [InlineData((double)(1L << 51))]
    public void Doubles_that_no_short_decimal_is_have_no_scale(double value) => Assert.Equal(-1, DecimalNumbers.ScaleOf(value));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(65536, 2)]
    [InlineData(65537, 4)]
    public void Codes_lie_aligned_in_the_width_they_need_and_their_zones_bound_them(uint count, int bytes) => Gen.UInt[0, count - 1].Array[1, 9000].Sample(codes =>
    {
        var column = CodeColumn.Of("n", codes, new NumberKeys(NumberKind.Integers, 0, 0, 0, 1, count));
        Assert.Equal(bytes, column.CodeBytes);
        Assert.Equal(codes, Enumerable.Range(0, column.Rows).Select(row => column[row]));
        Assert.Equal(codes.Chunk(CodeColumn.ZoneRows).Select(zone => zone.Min()), column.ZoneMin.ToArray());
        Assert.Equal(codes.Chunk(CodeColumn.ZoneRows).Select(zone => zone.Max()), column.ZoneMax.ToArray());
        Assert.Equal(0, Address(column) % CodeColumn.AlignmentBytes);
    }, iter: 20);

    [Fact]
    public void A_constant_has_one_key_and_no_codes()
    {
        var column = CodeColumn.Constant("type", 5, KeyOf("product"));
        Assert.Equal((0, 1U, 5, 0U), (column.CodeBytes, column.CodeCount, column.Rows, column[4]));
        Assert.True(column.TryFind(KeyOf("product"), out _));
        Assert.False(column.TryFind(KeyOf("producer"), out _));
        Assert.Equal(1U, column.LowerBound(KeyOf("q")));
    }

    [Fact]
    public void A_field_of_no_row_is_a_column_of_missing_and_a_field_without_column_is_none()
    {
        var columns = TableColumns.Of(new(1), 0, 3, [CodeColumn.Constant("type", 3, KeyOf("product"))]);
        Assert.True(columns.Find("colour")!.TryFind(KeyOf(Value.Missing), out _));
        Assert.Null(columns.Find("_id"));
        Assert.Null(columns.Find("_version"));
        Assert.Null(TableColumns.Of(new(1), 0, 3, [], knowsAllFields: false).Find("colour"));
        Assert.True(columns.NotPlain.IsEmpty);
    }

    internal static byte[] KeyOf(Value value)
    {
        var key = new ArrayBufferWriter<byte>();
        OrderedKey.Append(value, key);
        return key.WrittenSpan.ToArray();
    }

    internal static DictionaryKeys Dictionary(List<byte[]> keys)
    {
        var end = 0;
        return new([.. keys.SelectMany(key => key)], [.. keys.Select(key => end += key.Length)]);
    }

    private static byte[] KeyOf(long value) => KeyOf(Value.From(value));

    private static byte[] KeyOf(double value) => KeyOf(Value.From(value));

    private static byte[] KeyOf(decimal value) => KeyOf(Value.From(value));

    private static byte[] KeyOf(string value) => KeyOf(Value.From(value));

    private static unsafe long Address(CodeColumn column) => column.CodeBytes switch
    {
        1 => (long)Unsafe.AsPointer(ref MemoryMarshal.GetReference(column.Codes8)),
        2 => (long)Unsafe.AsPointer(ref MemoryMarshal.GetReference(column.Codes16)),
        _ => (long)Unsafe.AsPointer(ref MemoryMarshal.GetReference(column.Codes32)),
    };

    private static void AssertBounds(CodeKeys keys, List<byte[]> expected, byte[] wanted)
    {
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        Assert.Equal((uint)expected.Count, keys.Count);
        for (var code = 0; code < expected.Count; code++)
        {
            Assert.Equal(expected[code], key[..keys.Write((uint)code, key)].ToArray());
            Assert.Equal((uint)code, keys.LowerBound(expected[code]));
        }

        Assert.Equal((uint)expected.Count(other => other.AsSpan().SequenceCompareTo(wanted) < 0), keys.LowerBound(wanted));
    }
}
