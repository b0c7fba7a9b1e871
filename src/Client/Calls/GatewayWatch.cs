// Which silo our calls go to, and whether it still is the one that took them. Orleans sends a client's calls to one grain through one gateway, and
// does not fail those that are under way when that gateway dies: they would hang until our own deadline, 25 s long. So while calls are under way
// the coordinator is asked who it is, a few times a second:
//
//   call a ──► silo 1        who? 1     calls go on, however long they take
//                ✗           who? 2     the gateway has changed: what was sent before is lost, and is sent again
//   call b ──► silo 2        who? …     no answer in time (SIGSTOP, a cut network), or a silo that says that it is nobody, because it
//                                       stops: other coordinators are asked, which Orleans reaches through other gateways
//                            who? 3     another silo answers there: what was sent to silo 2 is lost, and all goes to 3
//                            who? 2     or: it is there, and busy; or nobody answers at all: calls wait
//
// So a call is lost only when somebody is found who can do better. Without that a cluster (or this process) that is too busy to answer in time would
// be sent everything again and again, and be busier still.
//
// A call may be called lost that is not: it was sent between the change and the question. That costs its being done
// twice, which reads do not mind and numbered writes are not.

using IngoDB.Abstractions;
using Orleans.Runtime;

namespace IngoDB.Client.Calls;

/// <summary>One for a client. Thread-safe.</summary>
/// <param name="coordinatorOf">The coordinators by key: all are alike, and each is reached through a gateway of its own choice.</param>
/// <param name="time">The clock of the questions.</param>
internal sealed class GatewayWatch(Func<int, ICoordinatorGrain> coordinatorOf, TimeProvider time)
{
    public static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    /// <summary>With a few silos, enough that one of them goes through another gateway.</summary>
    private const int OthersAsked = 4;

    private readonly Lock _lock = new();
    private Way _way = new(0, coordinatorOf(0), new());
    private ITimer? _timer;
    private string? _silo;
    private int _underWay;
    private bool _looks;
    private bool _isAsking;

    /// <summary>A call begins; it ends with <see cref="End"/>.</summary>
    public Way Begin()
    {
        Interlocked.Increment(ref _underWay);
        if (!Volatile.Read(ref _looks)) Look();
        return Volatile.Read(ref _way);
    }

    public void End() => Interlocked.Decrement(ref _underWay);

    private void Look()
    {
        lock (_lock)
        {
            if (_looks) return;
            _looks = true;
            _timer ??= time.CreateTimer(static watch => ((GatewayWatch)watch!).Ticked(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            // Who it is has to be known before it dies; once it is, short calls are over before anybody asks.
            _timer.Change(_silo is null ? TimeSpan.Zero : LooksEvery, LooksEvery);
        }
    }

    private void Ticked()
    {
        lock (_lock)
        {
            // Whoever begins counts itself first and looks second, this is the other way round: one of the two sees the other.
            Volatile.Write(ref _looks, false);
            Interlocked.MemoryBarrier();
            _looks = Volatile.Read(ref _underWay) > 0;
            if (!_looks)
            {
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            if (_isAsking) return;
            _isAsking = true;
        }

        _ = AskAsync();
    }

    private async Task AskAsync()
    {
        var way = Volatile.Read(ref _way);
        var silo = await WhoAsync(way.Coordinator).ConfigureAwait(false);
        var other = silo is null ? await AnotherAsync(way.Key).ConfigureAwait(false) : null;
        Heard(way, silo, other);
    }

    /// <summary>The first who answers for one of the next coordinators; null: nobody does.</summary>
    private async Task<(Way Way, string Silo)?> AnotherAsync(int after)
    {
        var asked = new List<Task<(Way Way, string? Silo)>>(OthersAsked);
        for (var key = after + 1; key <= after + OthersAsked; key++) asked.Add(AskAsync(new(key, coordinatorOf(key), new())));
        while (asked.Count > 0)
        {
            var answered = await Task.WhenAny(asked).ConfigureAwait(false);
            asked.Remove(answered);
            if (await answered.ConfigureAwait(false) is (var way, { } silo)) return (way, silo);
        }

        return null;

        async Task<(Way, string?)> AskAsync(Way way) => (way, await WhoAsync(way.Coordinator).ConfigureAwait(false));
    }

    /// <summary>Null: nobody, or not in time.</summary>
    private async Task<string?> WhoAsync(ICoordinatorGrain coordinator)
    {
        try
        {
            return await coordinator.WhoAsync().AsTask().WaitAsync(Patience, time).ConfigureAwait(false) is { Length: > 0 } known ? known : null;
        }
        catch (Exception)
        {
            // Whatever it is, nobody answers there. All of them are caught, because nobody awaits this: one that got
            // away would leave the watch asking for ever. What is wrong is told by the calls themselves, which go the same way.
            return null;
        }
    }

    /// <param name="way">That was asked.</param>
    /// <param name="silo">Who answered; null: nobody did.</param>
    /// <param name="other">Who answered elsewhere then; null: nobody did either.</param>
    private void Heard(Way way, string? silo, (Way Way, string Silo)? other)
    {
        lock (_lock)
        {
            _isAsking = false;
            var heard = silo ?? other?.Silo;
            var isSame = heard is null || heard == _silo || (silo is not null && _silo is null);
            _silo = heard ?? _silo;
            if (isSame) return;
            Volatile.Write(ref _way, silo is null ? other!.Value.Way : new(way.Key, way.Coordinator, new()));
        }

        way.Loss.Cancel();
    }

    /// <summary>What calls are sent to, as long as it is the same silo.</summary>
    internal sealed record Way(int Key, ICoordinatorGrain Coordinator, CancellationTokenSource Loss)
    {
        /// <summary>Cancelled when what was sent will not be answered any more.</summary>
        public CancellationToken Lost => Loss.Token;
    }
}
