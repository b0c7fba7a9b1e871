namespace IngoDB.Simulation.Mutants;

/// <summary>What a host or a client can do wrong around a core that is right.</summary>
[Flags]
internal enum Flaws
{
    None = 0,
    RecreatesEmptyReplica = 1 << 0,
    CutsAtFirstBadRecord = 1 << 1,
    TrustsPageCacheAfterFailedSync = 1 << 2,
    DropsAnswersOnFailover = 1 << 3,
    ReusesIdOnEmptyDisk = 1 << 4,
    RetriesUnderANewNumber = 1 << 5,
    ForgetsThatItWasBroken = 1 << 6,
    ForgetsAdoptedEpoch = 1 << 7,
    ClockStandsStillInSuspend = 1 << 8,
}
