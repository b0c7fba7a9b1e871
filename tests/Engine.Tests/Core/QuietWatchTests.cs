using IngoDB.Engine;
using IngoDB.Model;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Core;

public sealed class QuietWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private ulong _newest = 5;
    private int _told;

    [Fact]
    public void It_is_quiet_when_nothing_was_written_for_a_while()
    {
        using var watch = Watch();
        Assert.False(watch.IsQuiet);
        _time.Advance(QuietWatch.After);
        Assert.True(watch.IsQuiet);
        Assert.Equal(1, _told);
    }

    [Fact]
    public void One_write_ends_the_quiet()
    {
        using var watch = Watch();
        _time.Advance(QuietWatch.After);
        _newest++;
        Assert.False(watch.IsQuiet);
    }

    [Fact]
    public void As_long_as_somebody_writes_it_is_not()
    {
        using var watch = Watch();
        for (var i = 0; i < 5; i++)
        {
            _newest++;
            _time.Advance(QuietWatch.After);
            Assert.False(watch.IsQuiet);
        }

        _time.Advance(QuietWatch.After);
        Assert.True(watch.IsQuiet);
        Assert.Equal(1, _told);
    }

    private QuietWatch Watch()
    {
        var watch = new QuietWatch(_time, () => new DocumentVersion(_newest), () => _told++);
        watch.Watch();
        return watch;
    }
}
