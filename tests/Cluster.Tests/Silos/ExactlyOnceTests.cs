// A silo is killed and started again while clients add one to counters on all partitions. A client whose reply was lost sends its request
// again under the same number, so in the end every counter is as high as its acknowledged requests are many; only a request whose
// outcome nobody could tell in time may be there or not.

using Cluster.Tests.Processes;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class ExactlyOnceTests
{
    private const int Counters = 24;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_applied_once_through_the_kill_of_a_silo()
    {
        await using var cluster = await ProcessCluster.StartAsync(3);
        await cluster.ReconnectAsync(TimeSpan.FromSeconds(60));
        var counters = cluster.Database.Collection("counters");
        (await counters.UpsertManyAsync(Enumerable.Range(0, Counters).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", 0)))), cancellationToken: Cancellation)).EnsureApplied();
        var (acknowledged, unknown) = (new int[Counters], new int[Counters]);
        using var stop = new CancellationTokenSource();
        var enough = new TaskCompletionSource();
        var writers = Enumerable.Range(0, Counters).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await counters.PatchAsync(Id(i), new Patch().Inc("n", 1), cancellationToken: Cancellation);
                    if (Interlocked.Increment(ref acknowledged[i]) == 100) enough.TrySetResult();
                }
                catch (UnknownOutcomeException)
                {
                    unknown[i]++;
                }
                catch (UnavailableException)
                {
                    // Nothing was sent: its silo is away.
                    await Task.Yield();
                }
            }
        })).ToArray();

        await enough.Task.WaitAsync(Cancellation);
        await cluster.KillAsync(2);
        await cluster.RestartAsync(2);
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        foreach (var counter in await counters.Query().ToListAsync(Cancellation))
        {
            var i = int.Parse(counter.Id.Text[1..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(counter["n"].AsInt64(), acknowledged[i], acknowledged[i] + unknown[i]);
        }

        Assert.True(acknowledged.Sum() > 100);
    }

    private static DocumentId Id(int i) => new($"c{i}");
}
