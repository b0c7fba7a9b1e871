// What the original let in, compared or ordered wrongly (rows 30, 49, 50 and 53 to 56): values have one total order,
// documents are equal when their fields are, and everything that comes from outside is bounded and checked before it
// is stored, never truncated, never a path, never a crash of the process.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Defects;

public sealed class InputDefectTests : EngineFixture
{
    [Fact, Trait("Defect", "30")]
    public void Documents_are_equal_when_all_of_them_is_and_not_when_only_the_id_is()
    {
        var one = new StoredDocument(new("a"), new(1), Document.Of(("x", 1), ("y", 2)));
        Assert.Equal(one, one with { Fields = Document.Of(("y", 2.0), ("x", 1UL)) });
        Assert.NotEqual(one, one with { Fields = Document.Of(("x", 1)) });
        Assert.NotEqual(one, one with { Version = new(2) });
    }

    [Fact, Trait("Defect", "49")]
    public async Task Any_mix_of_values_sorts_in_one_total_order_forth_and_back()
    {
        Value[] inOrder = [Value.Missing, Value.Null, false, true, double.NaN, double.NegativeInfinity, -1, 0.5m, 1, 1.5, 2UL, "", "a", "b", Value.From(new byte[] { 1 }), Guid.Empty, DateTimeOffset.UnixEpoch, Value.From(1, 2), Value.From(Document.Empty)];
        for (var i = 0; i < inOrder.Length; i++)
            await Write(EngineWrite.Upsert(Things, new($"k{i:D2}"), inOrder[i].IsMissing ? Document.Empty : Document.Of(("x", inOrder[i]))));

        var ids = Enumerable.Range(0, inOrder.Length).Select(i => $"k{i:D2}").ToList();
        Assert.Equal(ids, Sorted(new SortKey("x")));
        Assert.Equal(ids.AsEnumerable().Reverse(), Sorted(new SortKey("x", Descending: true)));
        Assert.Equal(ids.AsEnumerable().Reverse(), Sorted(new SortKey("_id", Descending: true)));
    }

    [Fact, Trait("Defect", "49")]
    public void The_order_of_values_is_total() =>
        Gen.Select(ValueGenerators.AnyValue, ValueGenerators.AnyValue, ValueGenerators.AnyValue).Sample((a, b, c) =>
        {
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            if (a <= b && b <= c) Assert.True(a <= c);
        });

    [Fact, Trait("Defect", "50")]
    public async Task A_scan_without_a_sort_is_in_the_order_of_ids_however_many_there_are()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, 3000).Select(i => EngineWrite.Upsert(Things, new($"k{i * 7 % 3000:D4}"), Document.Of(("x", i))))]);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => $"k{i:D4}"), Sorted());
    }

    [Fact, Trait("Defect", "53")]
    public void Hostile_bytes_are_corruption_and_nothing_else() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            foreach (var shape in (Shape[])[Shape.SelfDescribed, Shape.Of("a", "b")])
            {
                var error = Record.Exception(() => RowWriter.Validate(shape, bytes));
                Assert.True(error is null or CorruptionException, $"{error}");
            }
        });

    [Fact, Trait("Defect", "53")]
    public void A_filter_a_million_deep_is_refused_and_ends_nothing()
    {
        var filter = Filter.Eq("x", 1);
        for (var i = 0; i < 1_000_000; i++) filter = Filter.Not(filter);
        var refused = Assert.Throws<InvalidRequestException>(() => Engine.Query(new ScanQuery { From = "things", Where = filter }));
        Assert.Equal("query.too_deep", refused.Code);
    }

    [Theory, Trait("Defect", "54")]
    [InlineData("../victim")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a\\b")]
    public void The_name_of_a_collection_is_never_a_path(string name)
    {
        Assert.Equal("collection.bad_name", Assert.Throws<InvalidRequestException>(() => Engine.Collection(name)).Code);
        Assert.DoesNotContain(Disk.ListDirectories("/"), folder => folder == "victim");
    }

    [Fact, Trait("Defect", "55")]
    public async Task No_document_can_pretend_to_be_a_deletion_or_bring_its_own_version()
    {
        await Write(EngineWrite.Upsert(Things, new("a"), Document.Of(("deleted", true), ("flags", 1))));
        Assert.Single(Scan());
        foreach (var field in (string[])["_id", "_version"])
        {
            var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => Write(EngineWrite.Upsert(Things, new("a"), Document.Of((field, 1)))));
            Assert.Equal("document.reserved_field", refused.Code);
        }

        Assert.Equal(2, Engine.Get(Things, new("a"))!.Fields.Count);
    }

    [Fact, Trait("Defect", "56")]
    public async Task A_document_over_the_limit_is_refused_whole()
    {
        var large = Document.Of(("text", new string('x', RowFormat.DocumentBytesMax + 1)));
        Assert.Throws<InvalidRequestException>(() => EngineWrite.Upsert(Things, new("a"), large));
        await Assert.ThrowsAsync<InvalidRequestException>(() => Write(EngineWrite.Upsert(Things, new("a"), Document.Empty) with { Row = new byte[RowFormat.DocumentBytesMax + 1] }));
        Assert.Null(Engine.Get(Things, new("a")));
    }

    private List<string> Sorted(params SortKey[] sort)
    {
        using var stream = Engine.Scan(new ScanRequest(Things) { Sort = sort });
        return [.. stream.ToList().Select(d => d.Id.ToString())];
    }
}
