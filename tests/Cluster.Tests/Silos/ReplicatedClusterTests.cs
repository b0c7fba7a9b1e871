// Three silos as real processes, three copies of every partition: any one of them may be killed at any time, and what was acknowledged
// is there, as it was acknowledged. One seed is one order of kills: INGODB_SEED replays it.

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cluster.Tests.Processes;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class ReplicatedClusterTests
{
    private static readonly Dictionary<string, string?> s_threeCopies = new() { ["IngoDB:Copies"] = "3", ["IngoDB:Partitions"] = "4" };

    /// <summary>On an idle machine it is two seconds; here other tests run, too, and processes start.</summary>
    private static readonly TimeSpan ResumesWithin = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_silo_may_be_killed_again_and_again_and_no_acknowledged_write_is_lost_or_done_twice()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("INGODB_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20261127;
        var random = new Random(seed);
        await using var cluster = await ProcessCluster.StartAsync(3, s_threeCopies, retries: 20);
        using var ledger = new Ledger(cluster);
        try
        {
            var writing = ledger.WriteAsync(writers: 3);
            for (var round = 0; round < 3; round++)
            {
                await ledger.MoreAcknowledgedAsync(100);
                var victim = random.Next(3) + 1;
                await cluster.KillAsync(victim);
                await ledger.MoreAcknowledgedAsync(100);
                await cluster.RestartAsync(victim);
                await EveryCopyIsInSyncAsync(cluster);
            }

            ledger.Stop();
            await writing;
            await ledger.CheckAsync();
        }
        catch (Exception e)
        {
            ledger.Stop();
            throw new InvalidOperationException($"INGODB_SEED={seed}: {e.Message}{Environment.NewLine}{cluster.Output}", e);
        }
    }

    [Fact]
    public async Task A_copy_that_was_away_for_longer_than_the_log_reaches_gets_the_tables_and_so_does_one_whose_log_is_damaged()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, new Dictionary<string, string?>(s_threeCopies) { ["IngoDB:Partitions"] = "1", ["IngoDB:ReplicaLogBytes"] = $"{256 << 10}" }, retries: 20);
        await WriteAsync(cluster, from: 0, count: 50);
        await cluster.KillAsync(2);
        await WriteAsync(cluster, from: 50, count: 1500);
        await cluster.RestartAsync(2);
        await EveryCopyIsInSyncAsync(cluster);
        Assert.True(Directory.Exists(Path.Combine(CopyOf(cluster, 2), "g2")), $"It caught up in another way.{cluster.Output}");

        await cluster.KillAsync(3);
        var content = ContentOf(cluster, 3);
        Damage(Path.Combine(content, "log"));
        await cluster.RestartAsync(3);
        await EveryCopyIsInSyncAsync(cluster);
        Assert.True(ContentOf(cluster, 3) != content, $"Damage was not seen, or not mended.{cluster.Output}");

        // Without its state file it is another copy, and what lay there is kept for whoever may miss it. The record has forgotten the old one when the new one is in it.
        await cluster.KillAsync(2);
        File.Delete(Path.Combine(CopyOf(cluster, 2), "REPLICA"));
        await cluster.RestartAsync(2);
        await EveryCopyIsInSyncAsync(cluster, () => IsSetAside(cluster, 2));

        // What the mended ones have is what counts now.
        await cluster.KillAsync(1);
        await WriteAsync(cluster, from: 1550, count: 10);
        await IsAllThereAsync(cluster, 1560);
    }

    [Fact]
    public async Task With_too_few_copies_writes_are_refused_by_name_and_after_all_were_killed_everything_is_there_whatever_tore()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, s_threeCopies);
        await EventuallyWrittenAsync(cluster, 0);
        for (var i = 1; i < 60; i++) await EventuallyWrittenAsync(cluster, i);
        await cluster.KillAsync(2);
        await cluster.KillAsync(3);
        var refused = await RefusedAsync(cluster);
        Assert.Contains("at least 2 of its 3 copies", refused.Message, StringComparison.Ordinal);

        await cluster.KillAsync(1);
        for (var silo = 1; silo <= 3; silo++) Tear(Path.Combine(CopyOf(cluster, silo), "g1", "log"));
        await cluster.RestartAsync(1, 2, 3);
        await EventuallyWrittenAsync(cluster, 60);
        await IsAllThereAsync(cluster, 61);
    }

    [Fact]
    public async Task A_silo_that_is_stopped_gives_its_partitions_away_before_it_goes_and_nobody_waits_for_them_to_be_missed()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, s_threeCopies);
        for (var i = 0; i < 40; i++) await EventuallyWrittenAsync(cluster, i);
        await EveryCopyIsInSyncAsync(cluster);

        Assert.Equal(0, await cluster.StopAsync(await SiloThatLeadsAsync(cluster)));

        Assert.True(Regex.IsMatch(cluster.Output, "([1-4]) of \\1 partitions were handed to other copies"), cluster.Output);
        for (var i = 40; i < 50; i++) await EventuallyWrittenAsync(cluster, i);
        await IsAllThereAsync(cluster, 50);
    }

    private static string CopyOf(ProcessCluster cluster, int silo) => Path.Combine(cluster.FolderOf(silo), "db", "default", "p0000");

    private static bool IsSetAside(ProcessCluster cluster, int silo)
        => new DirectoryInfo(Path.Combine(cluster.FolderOf(silo), "set-aside")) is { Exists: true } folder && folder.EnumerateFiles("*", SearchOption.AllDirectories).Any();

    /// <summary>The newest content of a copy.</summary>
    private static string ContentOf(ProcessCluster cluster, int silo) => Directory.GetDirectories(CopyOf(cluster, silo), "g*").Order(StringComparer.Ordinal).Last();

    /// <summary>One bit in the middle of a segment behind which there is another: what looks like no torn tail.</summary>
    private static void Damage(string log)
    {
        var path = Directory.GetFiles(log, "*.rlog").Order(StringComparer.Ordinal).SkipLast(1).Last();
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().LastIndexOfAnyExcept((byte)0) / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>As a machine leaves it that dies in the middle of a write: the beginning of a record behind the last.</summary>
    private static void Tear(string log)
    {
        var path = Directory.GetFiles(log, "*.rlog").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(path);
        var end = (bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 8) & ~7;
        var torn = bytes.AsSpan(40, Math.Min(100, bytes.Length - end)).ToArray();
        torn.CopyTo(bytes, end);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Returns when all of it is acknowledged: a page that came while another copy took over is written again.</summary>
    private static async Task WriteAsync(ProcessCluster cluster, int from, int count)
    {
        var filler = new string('x', 900);
        for (var at = from; at < from + count;)
        {
            var page = Enumerable.Range(at, Math.Min(50, from + count - at)).Select(i => new StoredDocument(new($"{i:D6}"), default, Document.Of(("n", i), ("filler", filler))));
            var written = await cluster.Database.Collection("numbers").UpsertManyAsync(page, cancellationToken: Cancellation);
            if (written.Refused == 0) at += 50;
        }
    }

    /// <summary>The number of a silo that leads some partition: which one does is up to how they started.</summary>
    private static async Task<int> SiloThatLeadsAsync(ProcessCluster cluster)
    {
        var status = await cluster.Database.AdminAsync("cluster.status", cancellationToken: Cancellation);
        var node = status["partitions"].AsArray().Span[0].AsDocument()["node"].AsString();
        return Enumerable.Range(1, 3).Single(silo => File.ReadAllText(Path.Combine(cluster.FolderOf(silo), "NODE")).Contains(node, StringComparison.Ordinal));
    }

    private static async Task IsAllThereAsync(ProcessCluster cluster, int count)
        => Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), (await cluster.Database.Collection("numbers").Query().ToListAsync(Cancellation)).Select(d => d["n"].AsInt64()).Order());

    private static async Task EventuallyWrittenAsync(ProcessCluster cluster, int number)
    {
        while (true)
        {
            try
            {
                await cluster.Database.Collection("numbers").UpsertAsync(Document.Of(("n", number)), new DocumentId($"{number:D6}"), cancellationToken: Cancellation);
                return;
            }
            catch (Exception e) when (e is UnavailableException or UnknownOutcomeException)
            {
                // Still forming, or taking over.
            }
        }
    }

    /// <summary>Those that were under way when the others died are unknown; the next ones are refused.</summary>
    private static async Task<UnavailableException> RefusedAsync(ProcessCluster cluster)
    {
        while (true)
        {
            try
            {
                await cluster.Database.Collection("numbers").UpsertAsync(Document.Of(("n", 0)), new DocumentId("000000"), cancellationToken: Cancellation);
            }
            catch (UnknownOutcomeException)
            {
                // Sent before anybody knew.
            }
            catch (UnavailableException e) when (e.Code == "partition.not_enough_copies")
            {
                return e;
            }
            catch (UnavailableException)
            {
                // The client's gateway was one of the dead, or the partition is being looked for.
            }
        }
    }

    /// <param name="isNoticed">What has to be so before it is asked for; else what was in sync before may answer.</param>
    private static async Task EveryCopyIsInSyncAsync(ProcessCluster cluster, Func<bool>? isNoticed = null)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            var status = await cluster.Database.AdminAsync("cluster.status", cancellationToken: Cancellation);
            if (isNoticed?.Invoke() != false && status["partitions"].AsArray().ToArray().Select(p => p.AsDocument()).All(p => p["inSync"].AsInt64() == 3 && p["state"].AsString() == "open") && (await cluster.Database.AdminAsync("cluster.copies", cancellationToken: Cancellation))["lacking"].AsInt64() == 0) return;
            if (Stopwatch.GetElapsedTime(began) > ResumesWithin) throw new TimeoutException($"Not every copy is in sync: {status}");
        }
    }
}
