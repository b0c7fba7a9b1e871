using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Client.Tests.Fakes;

/// <summary>A clock that stands still, and tells when somebody has begun to wait for it: so a test moves it exactly then.</summary>
internal sealed class WatchedTimeProvider(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _waits = new();

    /// <summary>Ends when somebody has asked for a timer of this length.</summary>
    public Task WhenSomebodyWaits(TimeSpan length) => WaitOf(length).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        WaitOf(dueTime).TrySetResult();
        return timer;
    }

    private TaskCompletionSource WaitOf(TimeSpan length) => _waits.GetOrAdd(length, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
