using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Values;

public sealed class ValueOrderTests
{
    [Fact]
    public void The_classes_rank_as_the_page_says()
    {
        Value[] ascending =
        [
            Value.Missing, Value.Null, false, true, double.NaN, double.NegativeInfinity, -1L, 0L, 1UL, 1.5, 2m, double.PositiveInfinity,
            "", "a", Value.From(Array.Empty<byte>()), Guid.Empty, DateTimeOffset.UnixEpoch, Value.From(Array.Empty<Value>()), Document.Empty,
        ];
        for (var i = 0; i < ascending.Length; i++)
            for (var j = 0; j < ascending.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(ValueOrder.Compare(ascending[i], ascending[j])));
    }

    [Fact]
    public void Numbers_of_four_types_are_one_line_compared_exactly()
    {
        Assert.Equal(Value.From(5L), Value.From(5UL));
        Assert.Equal(Value.From(5L), Value.From(5.0));
        Assert.Equal(Value.From(5L), Value.From(5.00m));
        Assert.Equal(Value.From(0.0), Value.From(-0.0));
        Assert.Equal(Value.From(double.NaN), Value.From(double.NaN));
        Assert.NotEqual(Value.From((1L << 53) + 1), Value.From((double)(1L << 53)));
        Assert.True(Value.From(0.1m) < Value.From(0.1), "the double nearest to 0.1 is above it");
        Assert.True(Value.From(0.3m) > Value.From(0.3), "the double nearest to 0.3 is below it");
        Assert.True(Value.From(ulong.MaxValue) < Value.From(18446744073709551616.0));
        Assert.True(Value.From(long.MinValue) > Value.From(double.NaN));
        Assert.True(Value.From(decimal.MaxValue) < Value.From(79228162514264337593543950336.0));
    }

    [Fact]
    public void Strings_compare_by_their_utf8_bytes_not_by_utf16()
    {
        Assert.True(Value.From("\uFFFF") < Value.From("😀"));
        Assert.True(string.CompareOrdinal("\uFFFF", "😀") > 0, "which is where UTF-16 would differ");
        Assert.True(Value.From("ab") < Value.From("abc"));
    }

    [Fact]
    public void Documents_are_equal_whatever_the_order_of_their_fields()
    {
        var one = Document.Of(("a", 1L), ("b", 2L));
        var other = Document.Of(("b", 2.0), ("a", 1m));
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void The_order_is_total()
        => Gen.Select(ValueGenerators.AnyValue, ValueGenerators.AnyValue, ValueGenerators.AnyValue).Sample((a, b, c) =>
        {
            Assert.Equal(0, ValueOrder.Compare(a, a));
            Assert.Equal(Math.Sign(ValueOrder.Compare(a, b)), -Math.Sign(ValueOrder.Compare(b, a)));
            Value[] values = [a, b, c];
            foreach (var x in values)
                foreach (var y in values)
                    foreach (var z in values)
                        if (x <= y && y <= z) Assert.True(x <= z, "transitive");
        }, iter: 20_000);

    [Fact]
    public void Numbers_are_transitive_across_types()
    {
        var numbers = ValueGenerators.NastyNumbers.ToArray();
        Array.Sort(numbers);
        for (var i = 0; i < numbers.Length; i++)
            for (var j = i; j < numbers.Length; j++)
                Assert.True(ValueOrder.Compare(numbers[i], numbers[j]) <= 0, $"{i} {j}");
    }

    [Fact]
    public void Equal_values_have_equal_hashes()
    {
        foreach (var a in ValueGenerators.NastyNumbers)
            foreach (var b in ValueGenerators.NastyNumbers)
                if (a == b) Assert.Equal(ValueOrder.Hash(a), ValueOrder.Hash(b));
        Gen.Select(ValueGenerators.AnyValue, ValueGenerators.AnyValue).Sample((a, b) =>
        {
            if (a == b) Assert.Equal(ValueOrder.Hash(a), ValueOrder.Hash(b));
        }, iter: 20_000);
    }
}
