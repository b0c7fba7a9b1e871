// Promise 6: whatever happens, what a replica keeps is bounded: reads that wait are answered or refused, entries under way
// to a follower fit into its window.

using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal static class BoundsChecker
{
    private const int WaitingMax = 200;

    public static void Check(Machine machine, TimeSpan now)
    {
        if (machine.Process is not { } process) return;
        var state = process.Core.State;
        var waiting = state.Waiting.Length + (state.Leader?.Reads.Length ?? 0);
        if (waiting > WaitingMax) throw new ViolationException("bounds", $"{waiting} reads wait at {machine}, {now}");
    }
}
