// The oracle of every test that kills silos under load: each writer notes what it was answered, and in the end that must be there.

using System.Globalization;
using Cluster.Tests.Processes;
using IngoDB.Cli.Clusters;

namespace Cluster.Tests.Silos;

/// <summary>A <see cref="WriteLedger"/> with the patience of a test, which fails when it is not clean.</summary>
internal sealed class Ledger(ProcessCluster cluster) : IDisposable
{
    /// <summary>On an idle machine it is two seconds; here other tests run, too, and processes start.</summary>
    private static readonly TimeSpan ResumesWithin = TimeSpan.FromSeconds(40);

    private readonly WriteLedger _ledger = new(() => cluster.Database, (_, number) => new(string.Create(CultureInfo.InvariantCulture, $"{number:D6}")), lanes: 1, TimeProvider.System);
    private Task _writing = Task.CompletedTask;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Stop() => _ledger.Stop();

    public Task WriteAsync(int writers) => _writing = _ledger.RunAsync(writers, Cancellation);

    public async Task MoreAcknowledgedAsync(int more)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(ResumesWithin);
        var acknowledged = _ledger.MoreAcknowledgedAsync(more, patience.Token);
        if (await Task.WhenAny(acknowledged, _writing) == _writing) await _writing;
        await acknowledged;
    }

    /// <summary>Every acknowledged document is there as it was acknowledged; every counter was counted up once for each acknowledgement, and for what is unknown once at most.</summary>
    public async Task CheckAsync()
    {
        var verdict = await _ledger.JudgeAsync(Cancellation);
        Assert.True(verdict.IsClean, $"{verdict}");
    }

    public void Dispose() => _ledger.Dispose();
}
