// One long day of a cluster with three copies on four nodes, under load: a node is gone for good, another dies, one comes back with an empty folder, and in the end
// too few are left and an operator has to force a primary. What was acknowledged is there afterwards. What the operator does goes through the
// command line. (Copies that move and nodes that are drained need no process that dies: ReplicatedSilosTests in Grains.Tests.)

using System.Diagnostics;
using System.Net;
using Cluster.Tests.Processes;
using IngoDB.Cluster.Tests.Cli;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class CopiesMoveTests
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, string?> s_fourNodes = new() { ["IngoDB:Copies"] = "3", ["IngoDB:Partitions"] = "4", ["IngoDB:ReplaceAfter"] = "00:00:02" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_are_lost_and_replaced_and_a_primary_is_forced_and_nothing_acknowledged_is_lost()
    {
        await using var cluster = await ProcessCluster.StartAsync(4, s_fourNodes, retries: 20);
        using var ledger = new Ledger(cluster);
        try
        {
            var writing = ledger.WriteAsync(writers: 1);
            await ledger.MoreAcknowledgedAsync(50);

            // One is gone for good: its copies are made anew on the others. Then the next may go.
            await cluster.KillAsync(4);
            await SettledAsync(cluster, holders: "123");
            await cluster.KillAsync(3);
            await ledger.MoreAcknowledgedAsync(50);
            await RollIsAsync(cluster, HttpStatusCode.ServiceUnavailable, 1, 2);

            // An empty folder is another node; it takes what the lost ones had.
            await cluster.StartEmptyAsync(4);
            await SettledAsync(cluster, holders: "124");
            await RollIsAsync(cluster, HttpStatusCode.OK, 1, 2, 4);
            await RefusedAsync(cluster);
            await ledger.MoreAcknowledgedAsync(20);
            await MovedAndDrainedAsync(cluster);

            ledger.Stop();
            await writing;
            // One after the other: two votes are needed to declare one of three dead, and two that die together leave one voter.
            await cluster.KillAsync(4);
            await NodesUpAsync(cluster, 2);
            await cluster.KillAsync(2);
            await NodesUpAsync(cluster, 1);
            await ForcedAsync(cluster, "ingodb-1");
            // The one has what it had; what the other has is not wanted any more, and is made anew.
            await cluster.RestartAsync(2, 3);
            await SettledAsync(cluster, holders: "123");
            await ledger.CheckAsync();
        }
        catch (Exception e)
        {
            ledger.Stop();
            throw new InvalidOperationException($"{e.Message}{Environment.NewLine}{cluster.Output}", e);
        }
    }

    /// <summary>What can not be is refused with the reason, and exit code 2.</summary>
    private static async Task RefusedAsync(ProcessCluster cluster)
    {
        var drain = await RunAsync(cluster, "drain", "ingodb-2");
        Assert.Equal(2, drain.ExitCode);
        Assert.Contains("cluster.too_few_nodes", drain.Error, StringComparison.Ordinal);
        var move = await RunAsync(cluster, "move", "--partition", "0", "--from", "ingodb-1", "--to", "ingodb-2");
        Assert.Equal(2, move.ExitCode);
        Assert.Contains("cluster.has_copy", move.Error, StringComparison.Ordinal);
    }

    /// <summary>The node that was replaced comes back, is given one copy, and then shall have none again, by command line.</summary>
    private static async Task MovedAndDrainedAsync(ProcessCluster cluster)
    {
        await cluster.RestartAsync(3);
        await NodesUpAsync(cluster, 4);
        var moved = await RunAsync(cluster, "move", "--partition", "0", "--from", "ingodb-1", "--to", "ingodb-3");
        Assert.True(moved.ExitCode == 0, moved.Error);
        await EventuallyAsync(cluster, async () => CopiesOf(await CopiesAsync(cluster), 0) is ({ } names, "") && names.SequenceEqual(["ingodb-2", "ingodb-3", "ingodb-4"]), "partition 0 has moved");

        var drained = await RunAsync(cluster, "drain", "ingodb-3");
        Assert.True(drained.ExitCode == 0, drained.Error);
        Assert.Contains("ingodb-3 is being drained of 1 copies", drained.Error, StringComparison.Ordinal);
        await SettledAsync(cluster, holders: "124");
        Assert.Equal(0, (await RunAsync(cluster, "drain", "ingodb-3", "--cancel")).ExitCode);
        await cluster.KillAsync(3);
        await NodesUpAsync(cluster, 3);
    }

    /// <summary>OK: every copy is in sync on every node, so any one of them may be stopped.</summary>
    private static async Task RollIsAsync(ProcessCluster cluster, HttpStatusCode expected, params int[] silos)
    {
        using var http = new HttpClient();
        foreach (var silo in silos)
        {
            var health = await cluster.HealthOfAsync(silo);
            await EventuallyAsync(cluster, async () => (await http.GetAsync(new Uri($"{health}/roll"), Cancellation)).StatusCode == expected, $"silo {silo} says whether it may be stopped: {expected}");
        }
    }

    /// <summary>One of three is left: it has everything, and the minimum keeps it from serving. The operator is told what may be lost, and says yes.</summary>
    private static async Task ForcedAsync(ProcessCluster cluster, string node)
    {
        var asked = await RunAsync(cluster, "force-primary", "--partition", "0", "--node", node);
        Assert.Contains("cluster.accept_loss", asked.Error, StringComparison.Ordinal);
        Assert.Contains("No entry that a copy which answers has would be lost, and beyond that whatever is only on ", asked.Error, StringComparison.Ordinal);
        var forced = await RunAsync(cluster, "force-primary", "--partition", "0", "--node", node, "--accept-loss");
        Assert.True(forced.ExitCode == 0, forced.Error);
        for (var partition = 1; partition < 4; partition++) await cluster.Database.AdminAsync("cluster.force_primary", Document.Of(("partition", partition), ("node", node), ("acceptLoss", true)), Cancellation);

        await EventuallyAsync(cluster, async () =>
        {
            var status = await CopiesAsync(cluster);
            return status["partitions"].AsArray().ToArray().All(row => row.AsDocument()["primary"].AsString() == node && row.AsDocument()["dataLosses"].AsInt64() == 1 && row.AsDocument()["copies"].AsArray().ToArray().Any(copy => copy.AsDocument()["state"].AsString() == "serving"));
        }, $"{node} serves every partition alone");
        Assert.Contains($"{node}*", (await RunAsync(cluster, "status", "--output", "table")).Out, StringComparison.Ordinal);
        await cluster.Database.Collection("alone").UpsertAsync(Document.Of(("n", 1)), new DocumentId("1"), cancellationToken: Cancellation);
    }

    private static Task NodesUpAsync(ProcessCluster cluster, int count)
        => EventuallyAsync(cluster, async () => (await CopiesAsync(cluster))["nodes"].AsArray().ToArray().Count(row => row.AsDocument()["up"].AsBool()) == count, $"{count} nodes are up");

    private static Task<CliResult> RunAsync(ProcessCluster cluster, params string[] words) => CliProcess.RunAsync(cluster.ClusterFolder, ["cluster", .. words, "--cluster", cluster.ClusterFolder]);

    private static Task<Document> CopiesAsync(ProcessCluster cluster) => cluster.Database.AdminAsync("cluster.copies", cancellationToken: Cancellation);

    private static (string[] Names, string Missing) CopiesOf(Document status, int partition)
    {
        var row = status["partitions"].AsArray().Span[partition].AsDocument();
        return ([.. row["copies"].AsArray().ToArray().Select(copy => copy.AsDocument()["name"].AsString()).Order(StringComparer.Ordinal)], row["missing"].Kind == ValueKind.String ? row["missing"].AsString() : "");
    }

    /// <summary>Three copies of every partition are in sync, on these silos and no others.</summary>
    private static Task SettledAsync(ProcessCluster cluster, string holders) => EventuallyAsync(cluster, async () =>
    {
        var status = await CopiesAsync(cluster);
        return Enumerable.Range(0, 4).All(partition => CopiesOf(status, partition) is var (names, missing) && missing.Length == 0 && names.SequenceEqual(holders.Select(silo => $"ingodb-{silo}")));
    }, $"three copies on {holders}");

    private static async Task EventuallyAsync(ProcessCluster cluster, Func<Task<bool>> isSo, string what)
    {
        // Looked at now and then: a cluster that is asked all the time has no time for anything else.
        using var looks = new PeriodicTimer(LooksEvery);
        var began = Stopwatch.GetTimestamp();
        while (await looks.WaitForNextTickAsync(Cancellation))
        {
            try
            {
                if (await isSo()) return;
            }
            catch (UnavailableException)
            {
                // The client's gateway was one of the dead.
            }

            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"Not so within {Patience}: {what}; {await CopiesAsync(cluster)}");
        }
    }
}
