using IngoDB.Abstractions;
using IngoDB.Grains.Coordination;
using IngoDB.Model;

namespace Grains.Tests.Coordination;

public sealed class PartitionHashTests
{
    [Fact]
    public void An_id_has_one_partition_for_ever()
    {
        // These numbers are where data lies on disks: a change of the hash loses every document.
        Assert.Equal([11, 4, 1, 11], new[] { "AUS", "MEX", "{order-7}/line-1", "x" }.Select(id => Of(new DocumentId(id))));
        Assert.Equal(13, Of(new DocumentId(new Guid("01890a5d-ac96-774b-bcce-b302099a8057"))));
    }

    [Theory]
    [InlineData("{order-7}/line-1", "{order-7}/line-2")]
    [InlineData("{a}", "{a}b")]
    public void Ids_of_one_tag_share_a_partition(string left, string right)
    {
        for (var seed = 0; seed < 20; seed++) Assert.Equal(Of(new DocumentId(left), seed), Of(new DocumentId(right), seed));
    }

    [Theory]
    [InlineData("{}a", "{}b")]
    [InlineData("{a", "{b")]
    [InlineData("x{a}1", "x{a}2")]
    public void What_only_looks_like_a_tag_is_hashed_whole(string left, string right)
        => Assert.Contains(Enumerable.Range(0, 20), seed => Of(new DocumentId(left), seed) != Of(new DocumentId(right), seed));

    [Fact]
    public void Ids_spread_evenly()
    {
        const int ids = 16_000, partitions = 16;
        var counts = new int[partitions];
        for (var i = 0; i < ids; i++) counts[Of(new DocumentId($"id-{i}"))]++;
        Assert.All(counts, count => Assert.InRange(count, ids / partitions * 0.85, ids / partitions * 1.15));
    }

    private static int Of(DocumentId id, long seed = 42, int partitions = 16) => PartitionHash.PartitionOf(IdKeys.KeyOf(id).Span, seed, partitions);
}
