namespace IngoDB.Simulation.Running;

using IngoDB.Simulation.Mutants;

/// <summary>Many seeds, on as many threads as there are processors; each run has one thread.</summary>
internal static class SeedSweep
{
    public static IReadOnlyList<RunResult> Run(long firstSeed, int count, Mutant mutant, Func<RunResult, bool>? stopAt = null, bool looksInside = true)
    {
        var results = new RunResult?[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, loop) =>
        {
            results[i] = SimulationRun.Run(firstSeed + i, mutant, looksInside: looksInside);
            if (stopAt?.Invoke(results[i]!) == true) loop.Stop();
        });
        return [.. results.OfType<RunResult>()];
    }
}
