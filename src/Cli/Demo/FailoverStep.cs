// Three silos as processes of their own, three copies of everything, and one of them is killed while clients write. What every writer was told is in a
// ledger, which is read back from the two that are left. The figure is the longest that any writer had to wait for an answer.

using System.Globalization;
using IngoDB.Cli.Clusters;
using IngoDB.Cli.Output;

namespace IngoDB.Cli.Demo;

/// <summary>The silo that leads the most dies by SIGKILL under load.</summary>
internal sealed class FailoverStep(string directory, Terminal terminal)
{
    private const int Silos = 3;
    private const int Writers = 4;
    private const int AcknowledgedBefore = 200;
    private const int AcknowledgedAfter = 200;

    private static readonly Dictionary<string, string?> s_threeCopies = new() { ["IngoDB:Copies"] = "3", ["IngoDB:Partitions"] = "6" };

    public async Task<FailoverFigures> RunAsync(CancellationToken cancellationToken)
    {
        var cluster = new SiloCluster(directory, Silos, s_threeCopies);
        await using (cluster.ConfigureAwait(false))
        {
            await cluster.StartAsync(cancellationToken).ConfigureAwait(false);
            using var ledger = new WriteLedger(() => cluster.Database, static (writer, number) => new(string.Create(CultureInfo.InvariantCulture, $"{writer}-{number}")), Writers, terminal.Time);
            var writing = ledger.RunAsync(1, cancellationToken);
            await AcknowledgedAsync(ledger, writing, AcknowledgedBefore, cancellationToken).ConfigureAwait(false);
            var (victim, led) = await cluster.LeaderAsync(cancellationToken).ConfigureAwait(false);

            var killedAt = terminal.Time.GetTimestamp();
            await cluster[victim].KillAsync().ConfigureAwait(false);
            await AcknowledgedAsync(ledger, writing, AcknowledgedAfter, cancellationToken).ConfigureAwait(false);
            ledger.Stop();
            await writing.ConfigureAwait(false);

            var longest = Enumerable.Range(0, Writers).Max(writer => ledger.LongestSilence(writer, killedAt, terminal.Time.GetTimestamp()));
            return FailoverFigures.Of(await ledger.JudgeAsync(cancellationToken).ConfigureAwait(false), led.Length, longest);
        }
    }

    private static async Task AcknowledgedAsync(WriteLedger ledger, Task writing, int more, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var acknowledged = ledger.MoreAcknowledgedAsync(more, enough.Token);
        if (await Task.WhenAny(acknowledged, writing).ConfigureAwait(false) == writing)
        {
            await enough.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false); // it has failed, and says why
        }

        await acknowledged.ConfigureAwait(false);
    }
}
