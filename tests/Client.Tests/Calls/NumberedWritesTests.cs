using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Calls;

/// <summary>Numbers of requests, and how the outcomes of several copies of a page become one.</summary>
public sealed class NumberedWritesTests
{
    [Fact]
    public void A_number_is_not_given_while_another_with_its_place_is_under_way()
    {
        var numbers = new RequestNumbers(new Random(1));
        var stuck = numbers.Take();
        for (var i = 2; i <= WriteRequest.SequencesUnderWayMax; i++) numbers.Take().Dispose();

        var next = numbers.Take();
        Assert.NotEqual(stuck.Session, next.Session);
        Assert.Equal(1, next.Sequence);
        Assert.Equal(2, numbers.Take().Sequence);
    }

    [Fact]
    public void Without_anything_stuck_a_session_goes_on()
    {
        var numbers = new RequestNumbers(new Random(1));
        var session = Guid.Empty;
        for (var i = 1; i <= 3 * WriteRequest.SequencesUnderWayMax; i++)
        {
            using var number = numbers.Take();
            if (i == 1) session = number.Session;
            Assert.Equal((session, i), (number.Session, number.Sequence));
        }

        Assert.EndsWith("0000", session.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_unknown_stays_unknown_until_its_partition_answers()
    {
        var first = Reply(("write.unknown_outcome", "lost"), (null, null), ("partition.unavailable", "down"));
        var (merged, open) = NumberedWrites.Merge(null, first);
        Assert.IsType<UnknownOutcomeException>(open);

        (merged, open) = NumberedWrites.Merge(merged, Reply(("partition.unavailable", "down"), (null, null), (null, null)));
        Assert.Equal(["write.unknown_outcome", null, null], merged.Outcomes.Select(o => o.ErrorCode));
        Assert.IsType<UnknownOutcomeException>(open);

        (merged, open) = NumberedWrites.Merge(merged, Reply((null, null), (null, null), ("document.exists", "is there")));
        Assert.Equal([null, null, "document.exists"], merged.Outcomes.Select(o => o.ErrorCode));
        Assert.Null(open);
    }

    private static WriteReply Reply(params (string? Code, string? Message)[] outcomes)
        => new() { Outcomes = [.. outcomes.Select(o => new WriteOutcome { Status = (byte)(o.Code is null ? WriteStatus.Inserted : WriteStatus.Refused), ErrorCode = o.Code, ErrorMessage = o.Message })] };
}
