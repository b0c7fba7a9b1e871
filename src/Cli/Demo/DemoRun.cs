// The demo from an empty folder to an empty folder: silos, steps, crash, failover, verdict. The folder is deleted however the run
// ends (Ctrl-C cancels the token, which ends it like any failure). One wrong answer, or one lost write, is exit code 1.

using System.Globalization;
using System.Diagnostics;
using IngoDB.Cli.Connections;
using IngoDB.Cli.Output;

namespace IngoDB.Cli.Demo;

/// <summary>The whole demo in a folder of its own, which is gone afterwards, however it ends.</summary>
internal sealed class DemoRun(DemoOptions options, Terminal terminal)
{
    private const double BytesPerMegabyte = 1 << 20;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var began = terminal.Time.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("ingodb-demo-");
        var figures = new DemoFigures { Documents = options.Documents, Silos = options.Silos };
        var check = new AnswerCheck();
        try
        {
            await StepsAsync(folder.FullName, figures, check, cancellationToken).ConfigureAwait(false);
            await CrashAsync(Path.Combine(folder.FullName, "crash"), figures, cancellationToken).ConfigureAwait(false);
            await FailoverAsync(Path.Combine(folder.FullName, "failover"), figures, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return Conclude(figures, check, terminal.Time.GetElapsedTime(began));
    }

    private async Task StepsAsync(string folder, DemoFigures figures, AnswerCheck check, CancellationToken cancellationToken)
    {
        var began = terminal.Time.GetTimestamp();
        var cluster = await EmbeddedCluster.StartAsync(Path.Combine(folder, "cluster"), options.Silos, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            figures.ReadySeconds = terminal.Time.GetElapsedTime(began).TotalSeconds;
            terminal.Say($"IngoDB demo        {options.Silos} silos in this process, data in {folder}    ready in {figures.ReadySeconds:0.0} s");
            await new DemoSteps(cluster.Database, new ProductGenerator(options.Documents), terminal, figures, check).RunAsync(cancellationToken).ConfigureAwait(false);
            var status = await cluster.Database.AdminAsync("cluster.status", cancellationToken: cancellationToken).ConfigureAwait(false);
            figures.Partitions = status["partitions"].AsArray().Length;
        }
    }

    private async Task CrashAsync(string folder, DemoFigures figures, CancellationToken cancellationToken)
    {
        figures.Crash = await new CrashStep(folder, terminal).RunAsync(cancellationToken).ConfigureAwait(false);
        var crash = figures.Crash;
        Say($"    kill -9         a child process died in mid-write with {crash.Acknowledged:N0} documents acknowledged; reopened in {crash.ReopenSeconds:0.0} s: {crash.Found:N0} found, {crash.Lost} lost, {crash.Damaged} damaged");
    }

    private async Task FailoverAsync(string folder, DemoFigures figures, CancellationToken cancellationToken)
    {
        figures.Failover = await new FailoverStep(folder, terminal).RunAsync(cancellationToken).ConfigureAwait(false);
        var failover = figures.Failover;
        Say($"    a silo dies     one of three processes was killed while clients wrote to its {failover.Led} partitions; the longest wait for an answer {failover.LongestWaitSeconds:0.0} s; {failover.Acknowledged:N0} writes acknowledged, {failover.Lost} lost, {failover.Wrong} wrong");
    }

    private int Conclude(DemoFigures figures, AnswerCheck check, TimeSpan elapsed)
    {
        using var self = Process.GetCurrentProcess();
        figures.PeakMemoryMegabytes = self.PeakWorkingSet64 / BytesPerMegabyte;
        figures.TotalSeconds = elapsed.TotalSeconds;
        (figures.AnswersChecked, figures.AnswersWrong) = (check.Checked, check.Differences.Count);
        var isRight = check.Differences.Count == 0 && figures.Crash is { Lost: 0, Damaged: 0 } && figures.Failover is { Lost: 0, Wrong: 0 };
        Say($"{figures.AnswersChecked:N0} answers compared with brute force, {figures.AnswersWrong} differ    {elapsed.TotalSeconds:0.0} s in all, peak memory {figures.PeakMemoryMegabytes:N0} MB");
        foreach (var difference in check.Differences.Take(10)) terminal.Say($"WRONG: {difference}");
        if (options.JsonPath is { } path) figures.Save(path);
        return isRight ? ExitCode.Ok : ExitCode.Failure;
    }

    private void Say(FormattableString line) => terminal.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
