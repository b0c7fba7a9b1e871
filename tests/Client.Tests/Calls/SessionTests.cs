using IngoDB.Abstractions;
using IngoDB.Client.Sessions;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Calls;

/// <summary>A session's token travels as a text and means the same at the other end; it never goes back, and never grows without end.</summary>
public sealed class SessionTests
{
    [Fact]
    public void A_token_means_the_same_in_another_session()
    {
        var session = new IngoSession();
        session.SeeEverywhere(50);
        session.See([new(3, 70), new(1, 60), new(2, 40), new(3, 65)]);

        Assert.Equal("50;1:60;3:70", session.Token);
        Assert.Equal(session.Token, new IngoSession(session.Token).Token);
        var concern = ReadConsistency.Session(new(session.Token)).ToConcern()!;
        Assert.Equal([50UL, 60UL, 50UL, 70UL], Enumerable.Range(0, 4).Select(concern.SeenOf));
        Assert.Null(concern.MaxStalenessMilliseconds);
    }

    [Fact]
    public void What_was_seen_everywhere_covers_what_was_seen_of_a_partition()
    {
        var session = new IngoSession("10;1:60;3:70");
        session.SeeEverywhere(65);
        session.SeeEverywhere(20);
        Assert.Equal("65;3:70", session.Token);
    }

    [Fact]
    public void A_token_of_very_many_partitions_asks_for_more_rather_than_being_longer()
    {
        var session = new IngoSession();
        for (var partition = 0; partition < 4096; partition++) session.See([new PartitionPosition(partition, 1_000 + (ulong)partition)]);
        Assert.InRange(session.Token.Length, 1, 256 * 32);
        var concern = ReadConsistency.Session(session).ToConcern()!;
        Assert.All(Enumerable.Range(0, 4096), partition => Assert.True(concern.SeenOf(partition) >= 1_000 + (ulong)partition));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5;")]
    [InlineData("5;-1:7")]
    [InlineData("5;1:7:8")]
    [InlineData("5;1:99999999999999999999")]
    public void What_is_no_token_is_refused(string token) => Assert.Equal("session.bad_token", Assert.Throws<InvalidRequestException>(() => new IngoSession(token)).Code);

    [Fact]
    public void Strong_reads_travel_without_a_word_and_a_bound_is_longer_than_nothing()
    {
        Assert.Null(ReadConsistency.Strong.ToConcern());
        Assert.Equal(1500, ReadConsistency.BoundedStaleness(TimeSpan.FromSeconds(1.5)).ToConcern()!.MaxStalenessMilliseconds);
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadConsistency.BoundedStaleness(TimeSpan.Zero));
    }
}
