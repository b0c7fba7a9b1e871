// What a copy tells of its own changes of the record, as a table: who was in sync before and after (upper case leads), who made the change, and what is told.

using IngoDB.Grains.Replicas;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;

namespace Grains.Tests.Replicas;

public sealed class RecordEventsTests
{
    [Theory]
    [InlineData("Abc", "Ab", 'a', "-c")]
    [InlineData("Ab", "Abc", 'a', "+c")]
    [InlineData("Abc", "Abd", 'a', "+d-c")]
    [InlineData("Abc", "Bc", 'b', "!-a")]
    [InlineData("Abc", "Abc", 'a', "")]
    [InlineData("Abc", "Ab", 'b', "", 'a')]
    public void A_change_is_told_by_who_made_it(string before, string after, char me, string expected, char? madeBy = null)
    {
        var (was, isNow) = (Record(before, 4, 7, 'x'), Record(after, before[0] == after[0] ? 4 : 5, 8, madeBy ?? me));

        var told = RecordEvents.Between(was, isNow, Copy(me));

        Assert.Equal(expected, (told.TookOver ? "!" : "") + string.Concat(told.Joined.Select(copy => $"+{Letter(copy)}")) + string.Concat(told.Left.Select(copy => $"-{Letter(copy)}")));
    }

    [Fact]
    public void The_first_record_that_is_read_tells_nothing() => Assert.Equal(RecordEvents.None, RecordEvents.Between(null, Record("Abc", 4, 7, 'a'), Copy('a')));

    private static PartitionRecord Record(string isr, long epoch, long version, char madeBy)
    {
        var set = NodeSet.Of([.. isr.ToLowerInvariant().Select(Copy)]);
        return new() { Uuid = new Guid(1, 0, 0, new byte[8]), Epoch = new Epoch(epoch), Version = version, Primary = Copy(char.ToLowerInvariant(isr[0])), Replicas = set, Isr = set, MinIsr = 1, ChangeId = new(Copy(madeBy), 1, 1) };
    }

    private static CopyId Copy(char letter) => new(new Guid(letter, 0, 0, new byte[8]));

    private static char Letter(CopyId copy) => (char)copy.Value.ToByteArray()[0];
}
