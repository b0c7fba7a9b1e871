using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.Running;

/// <summary>Looks for the first seed that shows a mutant to be wrong.</summary>
internal static class MutantHunt
{
    /// <param name="mutant">What to look for.</param>
    /// <param name="seedsMax">How far.</param>
    /// <param name="looksInside">False: only what clients see counts.</param>
    public static RunResult? Find(Mutant mutant, int seedsMax, bool looksInside = true)
        => SeedSweep.Run(1, seedsMax, mutant, result => result.Violation is not null, looksInside).FirstOrDefault(result => result.Violation is not null);
}
