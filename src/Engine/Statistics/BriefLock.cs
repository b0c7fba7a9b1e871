// Every query takes a lock of its shape for a dozen additions. A Lock that knows its owner and can be waited for costs as much as all else that is
// recorded of a query; here who comes is let in by one exchange and leaves by one write. Whoever finds it taken spins, and sleeps when it lasts,
// so nothing may be done under it that takes long, waits, or calls what is not known.

using System.Runtime.CompilerServices;

namespace IngoDB.Engine.Statistics;

/// <summary>A lock for a few instructions. Not reentrant. A field of its owner, never copied.</summary>
internal struct BriefLock
{
    private int _taken;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) Wait();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    private void Wait()
    {
        var spin = default(SpinWait);
        do spin.SpinOnce();
        while (Interlocked.CompareExchange(ref _taken, 1, 0) != 0);
    }
}
