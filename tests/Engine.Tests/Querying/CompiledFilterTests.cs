// The compiled filter never decodes a value; the naive one decodes everything. They must agree on every document.

using System.Buffers;
using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Querying;

public sealed class CompiledFilterTests
{
    [Fact]
    public void A_compiled_filter_decides_as_the_plain_reading_of_the_semantics()
        => Gen.Select(FilterGenerators.Filter, ValueGenerators.StoredDocument.Array[1, 6]).Sample((filter, documents) =>
        {
            var compiled = new CompiledFilter(filter);
            return documents.All(document => Matches(compiled, document, selfDescribed: false) == FilterEvaluator.Matches(filter, document));
        }, iter: 20_000);

    [Fact]
    public void A_row_that_carries_its_own_names_is_filtered_alike()
        => Gen.Select(FilterGenerators.Filter, ValueGenerators.StoredDocument).Sample((filter, document)
            => Matches(new CompiledFilter(filter), document, selfDescribed: true) == FilterEvaluator.Matches(filter, document), iter: 5_000);

    [Fact]
    public void Matching_a_row_allocates_nothing()
    {
        var filter = new CompiledFilter(Filter.And(Filter.Eq("category", "toys"), Filter.Range("price", 10, 20), Filter.Any("tags", Filter.Eq("$", "new"))));
        var (key, shape, row) = Encode(new(new DocumentId("a"), new(1), Document.Of(("category", "toys"), ("price", 12.5), ("tags", Value.From("old", "new")))), selfDescribed: false);
        Assert.True(filter.Matches(key, new(1), shape, row));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) filter.Matches(key, new(1), shape, row);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Each_part_of_an_and_is_told_how_much_it_lets_through_alone()
    {
        var filter = new CompiledFilter(Filter.And(Filter.Eq("x", 1), Filter.Eq("y", 1)));
        for (var i = 0; i < 6_400; i++)
        {
            var (key, shape, row) = Encode(new(new DocumentId("a"), new(1), Document.Of(("x", i % 10 == 0 ? 1 : 0), ("y", 1))), selfDescribed: false);
            filter.Matches(key, new(1), shape, row);
        }

        Assert.InRange(filter.PassFraction(0)!.Value, 0.05, 0.25);
        Assert.Equal(1.0, filter.PassFraction(1));
    }

    private static bool Matches(CompiledFilter filter, StoredDocument document, bool selfDescribed)
    {
        var (key, shape, row) = Encode(document, selfDescribed);
        return filter.Matches(key, document.Version, shape, row);
    }

    private static (byte[] Key, Shape Shape, byte[] Row) Encode(StoredDocument document, bool selfDescribed)
    {
        var row = new ArrayBufferWriter<byte>();
        if (selfDescribed) RowWriter.WriteSelfDescribed(document.Fields, row);
        else RowWriter.Write(document.Fields, row);
        return (EntryKey.Of(new(1), document.Id), selfDescribed ? Shape.SelfDescribed : Shape.Of(document.Fields), row.WrittenSpan.ToArray());
    }
}
