// Silos as child processes, each with its folder and its name. One that dies is started again over the same data;
// stopping goes through them in reverse, one after the other, so that the last to go still finds a cluster.
//
//   silo k:   start ─► lives ─► ends ──┬─► stopping: done
//              ▲                       └─► wait (1 s, up to 10 s when it keeps dying) ─┐
//              └───────────────────────────────────────────────────────────────────────┘
//
// Children are in a session of their own where the system has setsid, so that Ctrl-C at the terminal reaches only
// this process, which then stops them in order. What this does not do: outlive its own kill -9. Orphaned silos run
// on, and say so by holding the lock of their folder.

using IngoDB.Cli.Output;
using IngoDB.Silo;

namespace IngoDB.Cli.Clusters;

internal sealed class SiloProcesses(string directory, int silos, IReadOnlyDictionary<string, string?> more, Terminal terminal)
{
    private static readonly TimeSpan s_waitMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(30);

    /// <summary>Runs until <paramref name="stopping"/>, then stops them in reverse order.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var stops = Enumerable.Range(0, silos).Select(_ => new CancellationTokenSource()).ToArray();
        var running = Enumerable.Range(0, silos).Select(i => SuperviseAsync(i + 1, stops[i].Token)).ToArray();
        var asked = new TaskCompletionSource();
        await using (stopping.Register(asked.SetResult).ConfigureAwait(false)) await asked.Task.ConfigureAwait(false);
        terminal.Say("stopping");
        for (var i = silos - 1; i >= 0; i--)
        {
            await stops[i].CancelAsync().ConfigureAwait(false);
            await running[i].ConfigureAwait(false);
            stops[i].Dispose();
        }
    }

    private async Task SuperviseAsync(int number, CancellationToken stopping)
    {
        var wait = s_waitMin;
        while (!stopping.IsCancellationRequested)
        {
            var began = terminal.Time.GetTimestamp();
            var silo = new SupervisedSilo(SiloProcess.Program(SiloSettings.Numbered(directory, number, silos) with { More = more }).InOwnSession(), $"{SiloSettings.ClusterName}-{number}", terminal);
            var exitCode = await silo.RunAsync(stopping).ConfigureAwait(false);
            if (stopping.IsCancellationRequested) return;
            wait = terminal.Time.GetElapsedTime(began) > s_stable ? s_waitMin : wait;
            terminal.Say($"{silo.Name} ended (exit code {exitCode}); it is started again over its data in {wait.TotalSeconds:0} s");
            await Task.Delay(wait, terminal.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < s_waitMax ? wait * 2 : s_waitMax;
        }
    }
}
