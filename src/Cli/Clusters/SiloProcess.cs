// One silo as a child process, from its start to its end, whoever ends it. Asking comes first (SIGTERM: the silo
// leaves the cluster and closes its partitions), killing only when the time is over: nothing acknowledged depends on
// a clean end, but the next start is faster after one.

using System.Diagnostics;
using IngoDB.Cli.Output;

namespace IngoDB.Cli.Clusters;

/// <summary>One child process: its lines go to stderr under its name; it is asked to stop (SIGTERM) and given time before it is killed.</summary>
internal sealed class SiloProcess(ProcessStartInfo startInfo, string name, Terminal terminal) : IDisposable
{
    private static readonly TimeSpan s_stopMax = TimeSpan.FromSeconds(30);

    private readonly Process _process = new() { StartInfo = startInfo };

    public string Name => name;

    /// <summary>Lives until it ends by itself or <paramref name="stopping"/> ends it; gives the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        _process.Start();
        terminal.Say($"{name} started as process {_process.Id}");
        var output = Task.WhenAll(PassOnAsync(_process.StandardOutput), PassOnAsync(_process.StandardError));
        try
        {
            await _process.WaitForExitAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync().ConfigureAwait(false);
        }

        await output.ConfigureAwait(false);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

    private async Task StopAsync()
    {
        UnixProcess.Terminate(_process);
        using var patience = new CancellationTokenSource(s_stopMax, terminal.Time);
        try
        {
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            terminal.Say($"{name} stopped");
        }
        catch (OperationCanceledException)
        {
            terminal.Say($"{name} did not stop within {s_stopMax.TotalSeconds:0} s and is killed; its log is recovered at the next start");
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task PassOnAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } line) terminal.Say(line.StartsWith(name, StringComparison.Ordinal) ? line : $"{name}: {line}");
    }
}
