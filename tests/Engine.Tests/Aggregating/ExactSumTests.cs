// A sum is exact until it is asked for: in any order, in any parts, through bytes or not, the answer is that of fractions.

using System.Buffers;
using CsCheck;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests.Aggregating;

public sealed class ExactSumTests
{
    private static readonly AggregateQuery Query = new() { From = "things", Compute = [new("sum", new(AccumulatorFunction.Sum, "a[]")), new("avg", new(AccumulatorFunction.Avg, "a[]"))] };

    [Fact]
    public void Any_numbers_in_any_parts_add_up_to_what_fractions_say()
        => Gen.Select(ValueGenerators.Scalar.Array[0, 40], Gen.Int[0, 40]).Sample(story =>
        {
            var (values, cut) = story;
            var expected = Reference(values);
            var whole = Of(values);
            Assert.Equal(expected, Exact(whole));
            Array.Reverse(values);
            Assert.Equal(expected, Exact(Merged(Of(values[..Math.Min(cut, values.Length)]), Of(values[Math.Min(cut, values.Length)..]))));
        }, iter: 20_000);

    [Theory]
    [InlineData(new[] { 1e16, 1.0, -1e16 }, "Int64 1")]
    [InlineData(new[] { 1e308, 1e308, -1e308 }, "Double 1E+308")]
    [InlineData(new[] { 5e-324, 5e-324 }, "Double 1E-323")]
    [InlineData(new[] { 0.5, 0.25 }, "Double 0.75")]
    [InlineData(new[] { 0.1, 0.2 }, "Double 0.30000000000000004")]
    [InlineData(new[] { double.PositiveInfinity, double.NegativeInfinity }, "Double NaN")]
    [InlineData(new[] { double.PositiveInfinity, 1 }, "Double Infinity")]
    public void Doubles_are_rounded_once(double[] numbers, string expected)
        => Assert.Equal(expected, ReferenceAggregate.Exact(Of([.. numbers.Select(Value.From)]).Sum()));

    [Fact]
    public void The_type_is_chosen_from_the_value()
    {
        Assert.Equal("Decimal 0.3", ReferenceAggregate.Exact(Of([0.1m, 0.2m]).Sum()));
        Assert.Equal("Int64 9223372036854775807", ReferenceAggregate.Exact(Of([long.MaxValue, 5L, -5L]).Sum()));
        Assert.Equal("UInt64 9223372036854775808", ReferenceAggregate.Exact(Of([long.MaxValue, 1L]).Sum()));
        Assert.Equal("Decimal 18446744073709551617", ReferenceAggregate.Exact(Of([ulong.MaxValue, 2L]).Sum()));
        Assert.Equal("Double 1.5", ReferenceAggregate.Exact(Of([1L, 2L]).Average()));
        Assert.Equal("Decimal 3.3333333333333333333333333333", ReferenceAggregate.Exact(Of([9.9m, 0.1m, 0L]).Average()));
        Assert.Equal("Int64 0", ReferenceAggregate.Exact(Of([]).Sum()));
        Assert.True(Of([]).Average().IsNull);
    }

    private static ExactSum Of(Value[] values)
    {
        var sum = new ExactSum();
        foreach (var value in values) sum.Add(new EncodedOperand(value).View);
        return sum;
    }

    private static ExactSum Merged(ExactSum left, ExactSum right)
    {
        var state = new ArrayBufferWriter<byte>();
        right.Append(state);
        left.Append(state);
        var sum = new ExactSum();
        var source = state.WrittenSpan;
        sum.Merge(ref source);
        sum.Merge(ref source);
        Assert.True(source.IsEmpty);
        return sum;
    }

    private static (string Sum, string Average) Exact(ExactSum sum) => (ReferenceAggregate.Exact(sum.Sum()), ReferenceAggregate.Exact(sum.Average()));

    private static (string Sum, string Average) Reference(Value[] values)
    {
        var result = ReferenceAggregate.Of([new(new("x"), DocumentVersion.None, Document.Of(("a", Value.From(values))))], Query)[0];
        return (ReferenceAggregate.Exact(result["sum"]), ReferenceAggregate.Exact(result["avg"]));
    }
}
