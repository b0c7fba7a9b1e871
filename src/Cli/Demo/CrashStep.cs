// Anybody can claim durability; here a real process is killed with a real SIGKILL while it writes, and what it had been
// promised is compared with what a new process finds. What this does not show: a power cut. That takes a disk that
// forgets what was not synced, and is simulated in the engine's tests.

using System.Diagnostics;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

/// <summary>A child process writes, is killed with SIGKILL while it does, and what it had been promised is looked for.</summary>
internal sealed class CrashStep(string directory, Terminal terminal)
{
    private const int AckedBatchesBeforeTheKill = 20;

    public async Task<CrashFigures> RunAsync(CancellationToken cancellationToken)
    {
        var acked = await WriteUntilKilledAsync(cancellationToken).ConfigureAwait(false);
        var began = terminal.Time.GetTimestamp();
        var cluster = await EmbeddedCluster.StartAsync(directory, silos: 1, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var reopenSeconds = terminal.Time.GetElapsedTime(began).TotalSeconds;
            var found = await cluster.Database.Collection(CrashLedger.Collection).Query().ToListAsync(cancellationToken).ConfigureAwait(false);
            var figures = CrashLedger.Judge(acked, found);
            figures.ReopenSeconds = reopenSeconds;
            return figures;
        }
    }

    /// <summary>How many documents had been acknowledged when the child died.</summary>
    private async Task<int> WriteUntilKilledAsync(CancellationToken cancellationToken)
    {
        using var child = Process.Start(SelfProcess.StartInfo("demo-writer", "--data", directory))!;
        var errors = child.StandardError.ReadToEndAsync(CancellationToken.None);
        var acked = 0;
        try
        {
            while (await child.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                if (CrashLedger.ParseAcked(line) is not { } below) continue;
                acked = below;
                if (acked >= AckedBatchesBeforeTheKill * CrashLedger.BatchDocuments && !child.HasExited) child.Kill();
            }
        }
        finally
        {
            if (!child.HasExited) child.Kill();
            await child.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        var said = await errors.ConfigureAwait(false);
        if (acked == 0) throw new UnavailableException("demo.writer_failed", $"The writing child process ended (exit code {child.ExitCode}) before anything was acknowledged: {said}");
        return acked;
    }
}
