// Swarm testing: no run has every fault. Each draws its own few, so that some runs are nothing but crashes, some nothing but a
// bad network, and what one fault hides from another is found where the other is missing (Groce et al., 2012).

using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Faults;

internal enum Fault
{
    Crash,
    CrashAll,
    Stop,
    Isolate,
    CutOneWay,
    CutPair,
    CutOffPrimary,
    TakeOver,
    HandOff,
    CatalogCut,
    CatalogDown,
    CatalogUnknown,
    ClockJump,
    SlowDisk,
    FailedSync,
    Corruption,
    DiskLoss,
    LossyNetwork,
}

/// <summary>What happens in a run, and how often.</summary>
internal sealed record FaultProfile(IReadOnlyList<Fault> Faults, double PauseLeastMilliseconds, double PauseMostMilliseconds)
{
    public static FaultProfile From(Dice dice)
    {
        var all = Enum.GetValues<Fault>();
        var share = 0.25 + (dice.Next(60) / 100.0);
        var some = all.Where(_ => dice.Chance(share)).ToList();
        if (some.Count == 0) some.Add(Fault.Crash);
        var hectic = dice.Chance(0.3);
        return new(some, hectic ? 20 : 200, hectic ? 400 : 2500);
    }
}
