// One kind of background work of one engine. Request says "there may be something to do"; a piece is then run on
// the scheduler, at most one at a time, until it finds nothing. A piece that fails is tried again after a pause
// that doubles, and the failure is told to whoever listens: never a tight loop, never silence.

namespace IngoDB.Engine;

/// <summary>Runs pieces of one kind of work. Thread-safe.</summary>
/// <param name="schedule">Queues a piece.</param>
/// <param name="piece">Does one step; false when there was nothing to do.</param>
/// <param name="failed">Told of every failure, on the scheduler's thread.</param>
internal sealed class BackgroundActivity(Action<Action> schedule, Func<bool> piece, Action<Exception> failed, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private bool _running;
    private bool _requested;
    private bool _stopped;
    private TimeSpan _pause;
    private ITimer? _retry;
    private TaskCompletionSource? _idle;

    public void Request()
    {
        lock (_gate)
        {
            _requested = true;
            if (_running || _stopped || _retry is not null) return;
            _running = true;
        }

        schedule(Run);
    }

    /// <summary>Completes when no piece is running any more; none will start.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            _retry?.Dispose();
            return _running ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    public void Dispose() => _retry?.Dispose();

    private void Run()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                End();
                return;
            }

            _requested = false;
        }

        var more = false;
        Exception? error = null;
        try
        {
            more = piece();
        }
        catch (Exception e)
        {
            // Whatever it was, the engine goes on without this piece; it is told, and tried again.
            error = e;
        }

        if (error is not null) failed(error);
        Continue(more, error is not null);
    }

    private void Continue(bool more, bool hasFailed)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                End();
                return;
            }

            if (hasFailed)
            {
                _pause = _pause == TimeSpan.Zero ? PauseMin : _pause * 2 < PauseMax ? _pause * 2 : PauseMax;
                _retry = time.CreateTimer(_ => Retry(), null, _pause, Timeout.InfiniteTimeSpan);
                End();
                return;
            }

            _pause = TimeSpan.Zero;
            if (!more && !_requested)
            {
                End();
                return;
            }
        }

        schedule(Run);
    }

    private void Retry()
    {
        lock (_gate)
        {
            _retry?.Dispose();
            _retry = null;
        }

        Request();
    }

    private void End()
    {
        _running = false;
        _idle?.TrySetResult();
    }
}
