// Thousands of worlds, each a minute of virtual time and a handful of faults, judged by every checker. A failure names its seeds,
// and each the command that replays it. INGODB_SIMULATION_SEEDS=100000 makes it as many as one has time for.

using System.Globalization;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.Running;

namespace IngoDB.Replication.Tests;

public sealed class SeedTests
{
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("INGODB_SIMULATION_SEEDS") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public void No_seed_breaks_a_promise()
    {
        var report = SweepReport.Of(Mutant.None, SeedSweep.Run(1, Seeds, Mutant.None));

        Assert.True(report.Violations.Count == 0, report.ToJson());
        Assert.True(report.VirtualSeconds >= 60.0 * Seeds, $"{report.VirtualSeconds} virtual seconds");
        // The worlds are as wild as they should be: a sweep in which nothing happens would find nothing.
        Assert.True(report.AcknowledgedWrites > 50 * Seeds, $"{report.AcknowledgedWrites} acknowledged writes");
        Assert.True(report.TakeOvers > 2 * Seeds, $"{report.TakeOvers} take-overs");
        Assert.True(report.Moves > Seeds / 2, $"{report.Moves} moves");
        Assert.True(report.DiskLosses > Seeds, $"{report.DiskLosses} disk losses");
    }

    [Fact]
    public void One_seed_is_the_same_run_every_time()
    {
        for (var seed = 1; seed <= 25; seed++) Assert.Equal(SimulationRun.Run(seed, Mutant.None), SimulationRun.Run(seed, Mutant.None));
    }

    [Fact]
    public void A_sweep_in_pieces_is_the_sweep()
    {
        var mutant = AllMutants.Find("majority-ack");
        var whole = SweepReport.Of(mutant, SeedSweep.Run(1, 20, mutant));
        var piece = SweepReport.FromJson(SweepReport.Of(mutant, SeedSweep.Run(1, 13, mutant)).ToJson())!;

        Assert.NotEmpty(whole.Violations);
        var pieces = piece.Plus(SweepReport.Of(mutant, SeedSweep.Run(14, 7, mutant)));
        Assert.Equal(whole.VirtualSeconds, pieces.VirtualSeconds, 0.2); // each is rounded to a tenth
        Assert.Equal((whole with { VirtualSeconds = 0 }).ToJson(), (pieces with { VirtualSeconds = 0 }).ToJson());
    }

    [Fact]
    public void A_violation_tells_how_to_see_it_again()
    {
        var mutant = AllMutants.Find("majority-ack");
        var found = MutantHunt.Find(mutant, 2000)!;
        var report = SweepReport.Of(mutant, [found]);

        Assert.Equal($"dotnet run -c Release --project tests/Simulation -- --seeds 1 --seed {found.Seed} --mutant majority-ack", Assert.Single(report.Violations).Replay);
        Assert.Equal(found, SimulationRun.Run(found.Seed, mutant));
    }
}
