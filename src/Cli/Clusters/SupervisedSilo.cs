// One silo of `cluster up`, from its start to its end, whoever ends it. Asking comes first (SIGTERM: the silo leaves the cluster and closes
// its partitions), killing only when the time is over: nothing acknowledged depends on a clean end, but the next start is
// faster after one.

using System.Diagnostics;
using IngoDB.Cli.Output;

namespace IngoDB.Cli.Clusters;

/// <summary>One child process: its lines go to stderr under its name; it is asked to stop (SIGTERM) and given time before it is killed.</summary>
internal sealed class SupervisedSilo(ProcessStartInfo startInfo, string name, Terminal terminal)
{
    private static readonly TimeSpan s_stopMax = TimeSpan.FromSeconds(30);

    public string Name => name;

    /// <summary>Lives until it ends by itself or <paramref name="stopping"/> ends it; gives the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var silo = new SiloProcess(startInfo, line => terminal.Say(line.StartsWith(name, StringComparison.Ordinal) ? line : $"{name}: {line}"));
        await using (silo.ConfigureAwait(false))
        {
            terminal.Say($"{name} started as process {silo.Id}");
            try
            {
                return await silo.ExitAsync(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return await StopAsync(silo).ConfigureAwait(false);
            }
        }
    }

    private async Task<int> StopAsync(SiloProcess silo)
    {
        using var patience = new CancellationTokenSource(s_stopMax, terminal.Time);
        try
        {
            var exitCode = await silo.StopAsync(patience.Token).ConfigureAwait(false);
            terminal.Say($"{name} stopped");
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            terminal.Say($"{name} did not stop within {s_stopMax.TotalSeconds:0} s and is killed; its log is recovered at the next start");
            await silo.KillAsync().ConfigureAwait(false);
            return await silo.ExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
