// The number that an operator reads before he forces a primary: what others have beyond it, and who could not be asked.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Coordination;
using IngoDB.Grains.Replicas;
using IngoDB.Model;

namespace Grains.Tests.Replicas;

public sealed class ForcedLossTests
{
    private static readonly NodeRecord s_node = new() { NodeId = "id-c", Name = "c", Incarnation = 1 };

    /// <summary>Copies a, b in sync, c not; what each says of its log's end; of what is lost at least, and who was not asked.</summary>
    [Theory]
    [InlineData("c:100", 0, "id-a id-b")]
    [InlineData("a:120 c:100", 20, "id-b")]
    [InlineData("a:120 b:130 c:100", 30, "")]
    [InlineData("a:90 b:90 c:100", 0, "")]
    public void It_is_counted_and_who_did_not_answer_is_named(string told, long lost, string notAsked)
    {
        var loss = ForcedLoss.Of(Record(), Copy('c'), s_node, Told(told, "Whole"));

        Assert.Equal((lost, notAsked), (loss.LostAtLeast, string.Join(' ', loss.NotAsked)));
        if (lost > 0) Assert.Contains($"{lost} entries", loss.ToString(), StringComparison.Ordinal);
        foreach (var node in loss.NotAsked) Assert.Contains(node, loss.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_that_is_silent_or_damaged_can_not_be_forced()
    {
        Assert.Equal("cluster.copy_silent", Assert.Throws<InvalidRequestException>(() => ForcedLoss.Of(Record(), Copy('c'), s_node, Told("a:1", "Whole"))).Code);
        Assert.Equal("cluster.copy_broken", Assert.Throws<InvalidRequestException>(() => ForcedLoss.Of(Record(), Copy('c'), s_node, Told("c:1", "Broken"))).Code);
    }

    private static Dictionary<Guid, CopyStatusReply> Told(string told, string standing) => told.Split(' ').Select(word => word.Split(':')).ToDictionary(word => Copy(word[0][0]), word => new CopyStatusReply
    {
        Partition = 0, Copy = Copy(word[0][0]), Standing = standing, IsServing = false, Epoch = 4, Last = long.Parse(word[1], System.Globalization.CultureInfo.InvariantCulture), Committed = 0, Applied = 0, Alarms = 0,
    });

    private static PartitionRecord Record() => new()
    {
        Database = "default",
        Partition = 0,
        Epoch = 4,
        Primary = "id-a",
        Copies = new()
        {
            Uuid = new Guid(1, 2, 3, new byte[8]), Version = 12, Primary = Copy('a'), Places = [.. "abc".Select(letter => new CopyPlace(Copy(letter), $"id-{letter}"))],
            Replicas = [Copy('a'), Copy('b'), Copy('c')], InSync = [Copy('a'), Copy('b')], MinInSync = 2,
        },
    };

    private static Guid Copy(char letter) => new(letter, 0, 0, new byte[8]);
}
