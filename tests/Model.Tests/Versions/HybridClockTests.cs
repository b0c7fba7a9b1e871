using CsCheck;
using IngoDB.Model;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Versions;

public sealed class HybridClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_version_is_milliseconds_and_a_counter()
    {
        var clock = new HybridClock(new FakeTimeProvider(Start));
        var first = clock.Take();
        Assert.Equal(Start.ToUnixTimeMilliseconds(), first.Milliseconds);
        Assert.Equal(first.Raw + 1, clock.Take().Raw);
        Assert.Equal(first.Raw + 2, clock.Take(3).Raw);
        Assert.Equal(first.Raw + 4, clock.Latest.Raw);
        Assert.Equal(first.Raw + 5, clock.Take().Raw);
    }

    [Fact]
    public void When_the_wall_clock_stands_or_goes_back_versions_go_on()
    {
        var behind = new HybridClock(new FakeTimeProvider(Start), startAfter: DocumentVersion.At(Start.AddHours(1)));
        Assert.True(behind.Take() > DocumentVersion.At(Start.AddHours(1)), "a restart begins above what was given before it");
        Assert.True(behind.Now() >= behind.Latest);
    }

    [Fact]
    public void Nothing_is_given_at_or_below_what_was_observed()
    {
        var time = new FakeTimeProvider(Start);
        var clock = new HybridClock(time);
        var served = DocumentVersion.At(Start.AddSeconds(5));
        clock.Observe(served);
        Assert.True(clock.Take() > served);
        clock.Observe(DocumentVersion.At(Start));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Start.AddMinutes(1).ToUnixTimeMilliseconds(), clock.Take().Milliseconds);
    }

    [Fact]
    public void Versions_increase_strictly_whatever_happens()
        => Gen.Select(Gen.Int[0, 3], Gen.Int[1, 5_000]).List[1, 50].Sample(steps =>
        {
            var time = new FakeTimeProvider(Start);
            var clock = new HybridClock(time);
            var floor = DocumentVersion.None;
            foreach (var (step, amount) in steps)
            {
                if (step == 0) time.Advance(TimeSpan.FromMilliseconds(amount));
                else if (step == 1) clock.Observe(floor = Max(floor, DocumentVersion.At(Start.AddMilliseconds(amount))));
                else
                {
                    var first = clock.Take(amount);
                    Assert.True(first > floor);
                    floor = new(first.Raw + (ulong)amount - 1);
                }
            }
        }, iter: 2_000);

    [Fact]
    public void Ids_made_later_sort_later_and_say_that_they_are_version_seven()
    {
        var time = new FakeTimeProvider(Start);
        var random = new Random(7);
        var ids = new List<DocumentId>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add(DocumentId.NewUuid(time, random));
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(ids.Order(), ids);
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Uuid.Version, id.Uuid.Variant & 0xC)));
        Assert.Equal(ids[0], DocumentId.NewUuid(new FakeTimeProvider(Start), new Random(7)));
    }

    private static DocumentVersion Max(DocumentVersion left, DocumentVersion right) => left > right ? left : right;
}
