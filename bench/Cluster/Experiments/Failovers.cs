// A silo is killed, stands still, or is asked to stop; or its network is cut. One cluster after the other rounds, one ledger over all of them.

using IngoDB.Cli.Clusters;
using IngoDB.ClusterBench.Results;
using IngoDB.ClusterBench.Silos;

namespace IngoDB.ClusterBench.Experiments;

internal static class Failovers
{
    private static readonly TimeSpan s_leaves = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchOptions options, Action<Row> report, CancellationToken cancellationToken)
    {
        await using var run = await FailoverRun.StartAsync(cancellationToken);
        var rounds = options.Rounds;
        if (options.Faults.Contains("kill")) await ManyAsync(run, "kill -9", rounds, (silo, _) => silo.KillAsync(), Nothing, "p50 ≤ 1,500, p99 ≤ 3,000", all => all.Quantile(0.5) <= 1_500 && all.Quantile(0.99) <= 3_000, report, cancellationToken);
        if (options.Faults.Contains("handoff")) await ManyAsync(run, "graceful hand-off", Math.Max(1, rounds / 2), (silo, _) => silo.StopAsync(cancellationToken), Nothing, "p99 ≤ 300", all => all.Quantile(0.99) <= 300, report, cancellationToken);
        if (options.Faults.Contains("stop")) await ManyAsync(run, "SIGSTOP", Math.Max(1, rounds / 3), Suspend, ContinueAsync, "p99 ≤ 5,000", all => all.Quantile(0.99) <= 5_000, report, cancellationToken);
        await JudgeAsync(run, "the ledger after that", report, cancellationToken);

        Task Suspend(SiloProcess silo, int number)
        {
            silo.Suspend();
            return Task.CompletedTask;
        }
    }

    public static async Task CutAsync(BenchOptions options, Action<Row> report, CancellationToken cancellationToken)
    {
        if (await SiloNetworks.WhyNotAsync() is { } why)
        {
            Console.Error.WriteLine($"network partition: left out, {why}");
            return;
        }

        await using var networks = await SiloNetworks.MakeAsync(3);
        await using var run = await FailoverRun.StartAsync(cancellationToken, networks.Program);
        await ManyAsync(run, "network partition", Math.Max(1, options.Rounds / 3), (_, number) => networks.CutAsync(number), async (silo, number) =>
        {
            await networks.HealAsync(number);
            await LeaveAsync(silo);
        }, "p99 ≤ 5,000", all => all.Quantile(0.99) <= 5_000, report, cancellationToken);
        await JudgeAsync(run, "the ledger after network partitions", report, cancellationToken);
    }

    private static Task Nothing(SiloProcess silo, int number) => Task.CompletedTask;

    private static Task ContinueAsync(SiloProcess silo, int number)
    {
        silo.Continue();
        return LeaveAsync(silo);
    }

    /// <summary>Who was declared dead ends itself when it learns of it; who does not is killed with its next start.</summary>
    private static async Task LeaveAsync(SiloProcess silo)
    {
        using var patience = new CancellationTokenSource(s_leaves);
        try
        {
            await silo.ExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"a silo that was declared dead is there {s_leaves.TotalSeconds:0} s later");
        }
    }

    private static async Task ManyAsync(FailoverRun run, string name, int rounds, Func<SiloProcess, int, Task> harm, Func<SiloProcess, int, Task> mend, string must, Func<Samples, bool> isMet, Action<Row> report, CancellationToken cancellationToken)
    {
        var unserved = new List<Unserved>();
        for (var round = 0; round < rounds; round++) unserved.Add(await run.RoundAsync(harm, mend, cancellationToken));
        report(Row.Of($"{name}: until every partition is written to", 3, "ms", new(unserved.Select(round => round.LongestMilliseconds)), must, isMet));
        report(Row.Of($"{name}: a partition that the silo led", 3, "ms", new(unserved.SelectMany(round => round.LedMilliseconds)), must, isMet));
    }

    private static async Task JudgeAsync(FailoverRun run, string name, Action<Row> report, CancellationToken cancellationToken)
    {
        var verdict = await run.JudgeAsync(cancellationToken);
        report(Row.One(name, 3, "writes not as promised", verdict.Lost + verdict.Wrong + verdict.Phantoms + verdict.Miscounted, "0", verdict.IsClean, verdict.ToString()));
    }
}
