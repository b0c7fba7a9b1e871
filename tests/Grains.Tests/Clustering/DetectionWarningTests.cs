// Orleans' defaults let a silo hang for a minute before anybody notices; whoever runs with such settings is told so when the silo starts.

using IngoDB.Grains.Clustering;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Grains.Tests.Clustering;

public sealed class DetectionWarningTests
{
    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(3, 3, false)]
    [InlineData(4, 3, true)]
    [InlineData(20, 3, true)]
    public async Task A_detection_of_more_than_ten_seconds_is_told_at_the_start(double maxProbeSeconds, int missed, bool isTold)
    {
        var log = new Sayings();
        var lifecycle = new Lifecycle();
        new DetectionWarning(Options.Create(new ClusterMembershipOptions { MaxProbeTimeout = TimeSpan.FromSeconds(maxProbeSeconds), NumMissedProbesLimit = missed }), log).Participate(lifecycle);

        await lifecycle.Started!(TestContext.Current.CancellationToken);

        Assert.Equal(isTold, log.Said is not null);
        if (isTold) Assert.Contains($"{maxProbeSeconds * missed:0} s only", log.Said, StringComparison.Ordinal);
    }

    private sealed class Sayings : ILogger<DetectionWarning>
    {
        public string? Said { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said = formatter(state, exception);
    }

    private sealed class Lifecycle : ISiloLifecycle
    {
        public Func<CancellationToken, Task>? Started { get; private set; }

        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            Started = observer.OnStart;
            return new Subscription();
        }
    }

    private sealed class Subscription : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
