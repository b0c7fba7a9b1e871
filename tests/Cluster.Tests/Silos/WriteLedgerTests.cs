// The judge is judged: a ledger that says that all is well must be able to say otherwise.

using IngoDB.Cli.Clusters;
using IngoDB.Cli.Connections;
using IngoDB.Client.Collections;
using IngoDB.Cluster.Tests.Cli;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class WriteLedgerTests(CliFixture fixture) : IClassFixture<CliFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_lost_changed_added_or_counted_twice_is_found()
    {
        await using var cluster = await EmbeddedCluster.StartAsync(fixture.NewFolder("ledger"), silos: 1, Cancellation);
        using var ledger = new WriteLedger(() => cluster.Database, static (lane, number) => new($"{lane}-{number}"), lanes: 2, TimeProvider.System);
        var writing = ledger.RunAsync(1, Cancellation);
        await ledger.MoreAcknowledgedAsync(40, Cancellation);
        ledger.Stop();
        await writing;
        Assert.True((await ledger.JudgeAsync(Cancellation)).IsClean);
        Assert.Equal(ledger.AcknowledgedAt(0).Order(), ledger.AcknowledgedAt(0));

        var documents = cluster.Database.Collection("ledger");
        await documents.DeleteAsync(new("0-1"), cancellationToken: Cancellation);
        await documents.UpsertAsync(Document.Of(("n", 7)), new DocumentId("0-2"), cancellationToken: Cancellation);
        await documents.UpsertAsync(Document.Of(("n", 7)), new DocumentId("nobody"), cancellationToken: Cancellation);
        await cluster.Database.Collection("ledger-counters").PatchAsync(new("counter-0"), new Patch().Inc("n", 1), cancellationToken: Cancellation);

        var verdict = await ledger.JudgeAsync(Cancellation);
        Assert.Equal((1, 1, 1, 1), (verdict.Lost, verdict.Wrong, verdict.Phantoms, verdict.Miscounted));
        Assert.False(verdict.IsClean);
    }
}
