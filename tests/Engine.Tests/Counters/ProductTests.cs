// The benchmark's own arithmetic, since every answer is compared with it: the figures that are known of the original's products,
// and that a product is the same document whichever way it is encoded.

using System.Buffers;
using IngoDB.GrowthBench;
using IngoDB.Model;
using IngoDB.ProductBench;

namespace IngoDB.Tests.Counters;

public sealed class ProductTests
{
    [Fact]
    public void After_the_updates_of_a_million_the_answers_are_those_known_of_the_original()
    {
        const long million = 1_000_000;
        var expected = new ExpectedState(million, updated: true);
        Assert.Equal(100_002, expected.Electronics().Rows);
        Assert.Equal(360_981, expected.BestRated(int.MaxValue).Rows);
        Assert.Equal(595_544, Enumerable.Range(0, (int)million).Count(slot => expected.NumberAt(slot) >= million));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_234_567)]
    public void A_product_is_the_same_row_written_field_by_field_and_as_a_document(long number)
    {
        var whole = new ArrayBufferWriter<byte>();
        RowWriter.Write(IngoProduct.Document(number), whole);
        var row = new ProductRows().Write(number);
        Assert.Equal(whole.WrittenSpan, row.Row);
        Assert.Equal(ProductFacts.Of(number), new ProductFields().Facts(row.Shape, row.Row));
    }

    [Fact]
    public void An_answer_is_the_same_in_any_order_of_rows_and_another_with_another_row()
    {
        Assert.Equal(AnswerOf(1, 2, 3), AnswerOf(3, 1, 2));
        Assert.NotEqual(AnswerOf(1, 2, 3), AnswerOf(1, 2, 4));
        Assert.Throws<WrongAnswerException>(() =>
        {
            var sum = new AnswerSum();
            sum.Ascends(2);
            sum.Ascends(1);
        });
    }

    [Fact]
    public void A_slope_is_not_bent_by_one_bad_point()
    {
        var points = Enumerable.Range(0, 15).Select(i => new GrowthPoint("x", (long)Math.Pow(10, 4 + i % 5 * 0.5), Math.Pow(10, 4 + i % 5 * 0.5) * 1e-7)).ToList();
        points[4] = points[4] with { Seconds = 10 };
        var finding = GrowthFinding.Of(new("x", "O(N)", 1.05), points);
        Assert.InRange(finding.Slope, 0.97, 1.03);
        Assert.InRange(finding.Lower, 0.9, finding.Slope);
    }

    [Fact]
    public void A_get_is_not_blamed_for_the_caches_of_the_processor_and_is_for_its_own_growth()
    {
        var law = GrowthLaws.All.Single(law => law.Operation == "get");
        long[] sizes = [10_000, 31_600, 100_000, 316_200, 1_000_000, 3_162_300, 10_000_000];
        var stepped = GrowthFinding.Of(law, [.. sizes.Select(size => new GrowthPoint("get", size, size < 300_000 ? 150e-9 : 400e-9))]);
        Assert.True(stepped.Holds);
        var dear = GrowthFinding.Of(law, [.. sizes.Select(size => new GrowthPoint("get", size, size < 300_000 ? 150e-9 : 460e-9))]);
        Assert.Equal("EXCEEDS", dear.Verdict);
        var growing = GrowthFinding.Of(law, [.. sizes.Select(size => new GrowthPoint("get", size, size < 4_000_000 ? 200e-9 : 400e-9))]);
        Assert.Equal("EXCEEDS", growing.Verdict);
    }

    private static Answer AnswerOf(params ReadOnlySpan<long> slots)
    {
        var sum = new AnswerSum();
        foreach (var slot in slots) sum.Add(slot, ProductFacts.Of(slot));
        return sum.Total;
    }
}
