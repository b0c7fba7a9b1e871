using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.Running;

/// <summary>Looks for the first seed that shows a mutant to be wrong.</summary>
internal static class MutantHunt
{
    public static RunResult? Find(Mutant mutant, int seedsMax) => SeedSweep.Run(1, seedsMax, mutant, result => result.Violation is not null).FirstOrDefault(result => result.Violation is not null);
}
