// Background work runs until there is nothing to do, tries again after a pause when it fails, and stops when told.

using IngoDB.Engine;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Core;

public sealed class BackgroundActivityTests
{
    private readonly Queue<Action> _scheduled = new();
    private readonly List<Exception> _failures = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_request_runs_pieces_until_one_finds_nothing()
    {
        var left = 3;
        using var activity = Activity(() => left-- > 0);

        activity.Request();
        RunScheduled();

        Assert.Equal(-1, left);
    }

    [Fact]
    public void A_request_during_a_piece_is_not_forgotten()
    {
        var pieces = 0;
        BackgroundActivity? activity = null;
        activity = Activity(() =>
        {
            if (pieces++ == 0) activity!.Request();
            return false;
        });

        activity.Request();
        RunScheduled();

        Assert.Equal(2, pieces);
        activity.Dispose();
    }

    [Fact]
    public void A_failing_piece_is_tried_again_after_pauses_that_double()
    {
        var attempts = 0;
        using var activity = Activity(() => ++attempts < 4 ? throw new IOException("disk") : false);

        activity.Request();
        RunScheduled();
        foreach (var milliseconds in (int[])[250, 500, 1000])
        {
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Empty(_scheduled);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            RunScheduled();
        }

        Assert.Equal(4, attempts);
        Assert.Equal(3, _failures.Count);
    }

    [Fact]
    public async Task Nothing_starts_after_a_stop()
    {
        var pieces = 0;
        using var activity = Activity(() => ++pieces > 0);
        activity.Request();

        var stopped = activity.StopAsync();
        RunScheduled();
        await stopped;
        activity.Request();
        RunScheduled();

        Assert.Equal(0, pieces);
    }

    private BackgroundActivity Activity(Func<bool> piece) => new(_scheduled.Enqueue, piece, _failures.Add, _time);

    private void RunScheduled()
    {
        while (_scheduled.TryDequeue(out var piece)) piece();
    }
}
