// Virtual time: what will happen, in its order. What happens at the same instant happens in the order in which it was put down, so a
// run has one order only.

namespace IngoDB.Simulation.World;

internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (long Ticks, long Number)> _waiting = new(256);
    private long _number;

    public TimeSpan Now { get; private set; }

    public long Happened { get; private set; }

    public void After(TimeSpan delay, Action happening) => _waiting.Enqueue(happening, (Now.Ticks + Math.Max(1, delay.Ticks), _number++));

    /// <summary>Everything up to a time; false when <paramref name="stop"/> said so.</summary>
    public bool RunUntil(TimeSpan time, Func<bool>? stop = null)
    {
        while (_waiting.TryPeek(out _, out var at) && at.Ticks <= time.Ticks)
        {
            var happening = _waiting.Dequeue();
            Now = TimeSpan.FromTicks(at.Ticks);
            Happened++;
            happening();
            if (stop?.Invoke() == true) return false;
        }

        Now = time;
        return true;
    }
}
