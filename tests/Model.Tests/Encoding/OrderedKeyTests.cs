using System.Buffers;
using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Encoding;

public sealed class OrderedKeyTests
{
    [Fact]
    public void The_nasty_numbers_order_as_bytes_exactly_as_they_order_as_values()
    {
        foreach (var a in ValueGenerators.NastyNumbers)
            foreach (var b in ValueGenerators.NastyNumbers)
                AssertSameOrder(a, b);
    }

    [Fact]
    public void Keys_order_as_values_do()
        => Gen.Select(ValueGenerators.AnyValue, ValueGenerators.AnyValue).Sample(AssertSameOrder, iter: 20_000);

    [Fact]
    public void Numbers_near_each_other_order_as_values_do()
        => Gen.Select(ValueGenerators.Number, ValueGenerators.Number).Sample(AssertSameOrder, iter: 50_000);

    [Fact]
    public void A_key_knows_its_length_and_its_value()
        => Gen.Select(ValueGenerators.AnyValue, Gen.Bool).Sample((value, descending) =>
        {
            var key = Key(value, descending);
            byte[] withMore = [.. key, 0, 1, 0xFF];
            Assert.Equal(key.Length, OrderedKey.LengthAt(withMore));
            ReadOnlySpan<byte> rest = withMore;
            Assert.Equal(value, OrderedKey.Decode(ref rest));
            Assert.Equal(3, rest.Length);
        }, iter: 20_000);

    [Fact]
    public void What_a_key_tells_without_work_is_what_a_row_holds()
        => ValueGenerators.AnyValue.Sample(value =>
        {
            var isTold = OrderedKey.TryRead(Key(value), out var told);
            Assert.Equal(value.Kind is ValueKind.Missing or ValueKind.Null or ValueKind.Bool || (value.Kind == ValueKind.String && !value.AsString().Contains('\0', StringComparison.Ordinal)), isTold);
            if (!isTold) return;
            var (tag, payload) = RowWriter.Encode(value);
            Assert.Equal((tag, Convert.ToHexString(payload)), (told.Tag, Convert.ToHexString(told.Payload)));
        }, iter: 20_000);

    [Fact]
    public void A_key_that_is_written_in_one_piece_is_the_same_key()
        => Gen.OneOf(ValueGenerators.AnyValue, ValueGenerators.Number).Sample(value =>
        {
            var (tag, payload) = RowWriter.Encode(value);
            var target = new byte[OrderedKey.RoomFor(new(tag, payload))];
            if (OrderedKey.TryWrite(new(tag, payload), target, out var bytes)) Assert.Equal(Convert.ToHexString(Key(value)), Convert.ToHexString(target.AsSpan(0, bytes)));
            else Assert.False(value.Kind is ValueKind.Missing or ValueKind.Null or ValueKind.Bool or ValueKind.Double);
        }, iter: 20_000);

    [Fact]
    public void Numbers_are_these_bytes()
    {
        Assert.Equal("20BFF000000000000000", Convert.ToHexString(Key(1L)));
        Assert.Equal(Key(1L), Key(1.00m));
        Assert.Equal("20C340000000000000" + "02" + "01" + "00", Convert.ToHexString(Key((1L << 53) + 1)));
        Assert.Equal("200000000000000000" + "00", Convert.ToHexString(Key(double.NaN)));
        Assert.Equal("20800000000000000000", Convert.ToHexString(Key(-0.0)));
        Assert.Equal("2861" + "00FF" + "62" + "0001", Convert.ToHexString(Key("a\0b")));
        Assert.Equal("48" + "1801" + "00", Convert.ToHexString(Key(Value.From(Value.From(true)))));
        Assert.Equal("50" + "01610001" + "10" + "00", Convert.ToHexString(Key(Document.Of(("a", Value.Null)))));
        Assert.Equal("08", Convert.ToHexString(Key(Value.Missing)));
    }

    [Fact]
    public void A_sort_key_puts_nulls_where_it_is_told()
    {
        foreach (var descending in new[] { false, true })
        {
            var last = new SortKey("a", descending, NullsOrder.Last);
            var first = new SortKey("a", descending, NullsOrder.First);
            foreach (var value in new Value[] { 1L, "x", Document.Empty, false })
            {
                Assert.True(SortKeyBytes(Value.Null, last).AsSpan().SequenceCompareTo(SortKeyBytes(value, last)) > 0);
                Assert.True(SortKeyBytes(Value.Missing, last).AsSpan().SequenceCompareTo(SortKeyBytes(value, last)) > 0);
                Assert.True(SortKeyBytes(Value.Null, first).AsSpan().SequenceCompareTo(SortKeyBytes(value, first)) < 0);
            }

            Assert.Equal(SortKeyBytes(Value.Null, last).Length, OrderedKey.LengthAt(SortKeyBytes(Value.Null, last)));
        }
    }

    [Fact]
    public void Broken_keys_are_corruption_not_a_crash()
        => Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            try
            {
                Assert.InRange(OrderedKey.LengthAt(bytes), 1, bytes.Length);
            }
            catch (CorruptionException error)
            {
                Assert.Equal("storage.corruption", error.Code);
            }
        }, iter: 20_000);

    private static void AssertSameOrder(Value a, Value b)
    {
        byte[] left = Key(a), right = Key(b);
        var expected = Math.Sign(ValueOrder.Compare(a, b));
        Assert.Equal(expected, Math.Sign(left.AsSpan().SequenceCompareTo(right)));
        Assert.Equal(-expected, Math.Sign(Key(a, descending: true).AsSpan().SequenceCompareTo(Key(b, descending: true))));
        if (expected != 0) Assert.False(left.AsSpan().StartsWith(right) || right.AsSpan().StartsWith(left), "no key is a prefix of another");
    }

    private static byte[] Key(Value value, bool descending = false)
    {
        var target = new ArrayBufferWriter<byte>();
        if (descending) OrderedKey.AppendDescending(new EncodedOperand(value).View, target);
        else OrderedKey.Append(value, target);
        return target.WrittenSpan.ToArray();
    }

    private static byte[] SortKeyBytes(Value value, SortKey key)
    {
        var target = new ArrayBufferWriter<byte>();
        OrderedKey.AppendSort(new EncodedOperand(value).View, key, target);
        return target.WrittenSpan.ToArray();
    }
}
