using IngoDB.Grains.Catalog;
using IngoDB.Grains.Coordination;
using IngoDB.Model;

namespace Grains.Tests.Coordination;

public sealed class WriteSplitTests
{
    [Fact]
    public void Every_write_goes_to_its_partition_and_remembers_its_place()
    {
        var page = new WritePageWriter();
        for (var i = 0; i < 100; i++)
        {
            if (i % 3 == 0) page.AddDelete(new($"id{i}"), new((ulong)i));
            else page.Add(WriteKind.Upsert, new($"id{i}"), Document.Of(("n", i), (i % 2 == 0 ? "even" : "odd", true)));
        }

        var map = Maps.Of(partitions: 8);
        var split = WriteSplit.Of(map, page.Finish());
        Assert.Equal(100, split.Count);
        Assert.Equal(Enumerable.Range(0, 100), split.Parts.SelectMany(part => part.Positions).Order());
        foreach (var part in split.Parts)
        {
            var reader = new WritePageReader(part.Page);
            foreach (var position in part.Positions)
            {
                Assert.True(reader.MoveNext());
                Assert.Equal(part.Partition, PartitionHash.PartitionOf(map, reader.IdKey));
                Assert.Equal(new DocumentId($"id{position}"), DocumentId.ReadKey(reader.IdKey));
                if (position % 3 == 0) Assert.Equal((WriteKind.Delete, new DocumentVersion((ulong)position)), (reader.Kind, reader.IfVersion));
                else Assert.Equal(position, new RowReader(reader.Shape, reader.Row.Span).Decode()["n"].AsInt64());
            }

            Assert.False(reader.MoveNext());
        }
    }

    [Fact]
    public void Writes_of_one_partition_are_passed_on_as_they_came()
    {
        var page = new WritePageWriter();
        page.AddDelete(new("{t}/1"));
        page.AddDelete(new("{t}/2"));
        var bytes = page.Finish();
        Assert.Same(bytes, Assert.Single(WriteSplit.Of(Maps.Of(partitions: 16), bytes).Parts).Page);
    }

    [Fact]
    public void Bytes_that_are_no_page_are_refused()
        => Assert.Equal("write.bad_page", Assert.Throws<InvalidRequestException>(() => WriteSplit.Of(Maps.Of(16), [1, 0, 5, 1, 1, 0xFF])).Code);
}

/// <summary>Maps without a catalog.</summary>
internal static class Maps
{
    public static DatabaseMap Of(int partitions) => new(
        new() { Name = "default", PartitionCount = partitions, HashSeed = 42, Active = true },
        [.. Enumerable.Range(0, partitions).Select(i => new PartitionRecord { Database = "default", Partition = i, Epoch = 1, Primary = "n" })]);
}
