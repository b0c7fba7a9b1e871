// The changes of the record as a table: what it was, what somebody wants, what it is then.

using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;
using IngoDB.Replication.Rules;

namespace IngoDB.Replication.Tests;

public sealed class RecordChangesTests
{
    [Theory]
    [InlineData("abc", 2, 'b', "bc")]
    [InlineData("ab", 2, 'b', "ab")]
    [InlineData("ab", 1, 'b', "b")]
    [InlineData("abc", 2, 'a', "abc")]
    public void A_successor_drops_the_old_primary_if_the_floor_allows(string isr, int minIsr, char successor, string expected)
    {
        var record = Record(isr, minIsr);

        var next = RecordChanges.TakeOver(record, Copy(successor), SafetyRules.Literal.KeepsFloor);

        Assert.Equal(Copies(expected), next.Isr);
        Assert.Equal((record.Epoch.Next, record.Version + 1, Copy(successor)), (next.Epoch, next.Version, next.Primary));
    }

    [Fact]
    public void Shrink_expand_and_swap_leave_epoch_and_primary_alone()
    {
        var record = Record("abc", 2) with { Learners = Copies("d") };

        var (shrunk, expanded, swapped) = (RecordChanges.Shrink(record, Copy('c')), RecordChanges.Expand(record, Copy('d')), RecordChanges.Swap(record, Copy('b'), Copy('d')));

        Assert.Equal([Copies("ab"), Copies("abcd"), Copies("acd")], [shrunk.Isr, expanded.Isr, swapped.Isr]);
        Assert.All([shrunk, expanded, swapped], next => Assert.Equal((record.Epoch, record.Primary, record.Version + 1), (next.Epoch, next.Primary, next.Version)));
        Assert.Equal(0, expanded.Learners.Count);
        Assert.True(expanded.Replicas.Contains(Copy('d')));
    }

    [Fact]
    public void A_set_keeps_the_order_of_preference()
    {
        var set = Copies("cab");

        Assert.Equal((0, 1, 2, -1), (set.IndexOf(Copy('c')), set.IndexOf(Copy('a')), set.IndexOf(Copy('b')), set.IndexOf(Copy('d'))));
        Assert.Equal(Copies("cb"), set.Without(Copy('a')));
        Assert.Equal(set, set.With(Copy('a')));
        Assert.Equal(Copies("cabd"), set.Union(Copies("db")));
        Assert.NotEqual(Copies("abc"), set);
    }

    private static PartitionRecord Record(string isr, int minIsr) => new() { Uuid = Guid.Empty, Epoch = new Epoch(4), Version = 9, Primary = Copy('a'), Replicas = Copies(isr), Isr = Copies(isr), MinIsr = minIsr };

    private static NodeSet Copies(string letters) => NodeSet.Of([.. letters.Select(Copy)]);

    private static CopyId Copy(char letter) => new(new Guid(letter, 0, 0, new byte[8]));
}
