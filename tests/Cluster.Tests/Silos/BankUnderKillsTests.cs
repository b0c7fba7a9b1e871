// Three silos as real processes, three copies of every partition, and a bank: money moves between accounts of different partitions in atomic
// batches, silos are killed in the middle of them, and an auditor adds up all accounts at one point in time, again and again. If half a batch
// could be seen, or survive, or be made twice, the sum or the number of moves would say so.

using System.Globalization;
using Cluster.Tests.Processes;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

public sealed class BankUnderKillsTests
{
    private const int Accounts = 40;
    private const int Opening = 1_000;
    private const string Bank = "bank";

    private static readonly Dictionary<string, string?> s_threeCopies = new() { ["IngoDB:Copies"] = "3", ["IngoDB:Partitions"] = "8" };

    private int _acknowledged;
    private int _unknown;
    private int _audits;
    private volatile bool _isOver;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bank_adds_up_at_every_moment_while_silos_are_killed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("INGODB_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 7;
        var random = new Random(seed);
        await using var cluster = await ProcessCluster.StartAsync(3, s_threeCopies, retries: 20);
        try
        {
            var accounts = cluster.Database.Collection(Bank);
            var opening = Enumerable.Range(0, Accounts).Select(i => new StoredDocument(IdOf(i), default, Document.Of(("balance", Opening), ("moves", 0)))).ToList();
            while ((await accounts.UpsertManyAsync(opening, cancellationToken: Cancellation)).Refused > 0) Cancellation.ThrowIfCancellationRequested(); // the first leaders are being found
            var working = Task.WhenAll([.. Enumerable.Range(1, 4).Select(writer => TransferAsync(cluster, seed + writer)), AuditAsync(cluster)]);
            await MoreAsync(40, working);
            var victim = random.Next(3) + 1;
            await cluster.KillAsync(victim);
            await MoreAsync(40, working);
            await cluster.RestartAsync(victim);
            await MoreAsync(40, working);
            await AuditedAsync(3, working);
            _isOver = true;
            await working;

            var all = await ReadAsync(cluster);
            Assert.Equal(Accounts * (long)Opening, all.Sum(account => account["balance"].AsInt64()));
            Assert.InRange(all.Sum(account => account["moves"].AsInt64()), 2L * _acknowledged, 2L * (_acknowledged + _unknown));
        }
        catch (Exception e)
        {
            _isOver = true;
            throw new InvalidOperationException($"INGODB_SEED={seed}, {_acknowledged} acknowledged, {_unknown} unknown, {_audits} audits: {e.Message}{Environment.NewLine}{cluster.Output}", e);
        }
    }

    private async Task TransferAsync(ProcessCluster cluster, int seed)
    {
        var random = new Random(seed);
        while (!_isOver)
        {
            var (from, to, amount) = (random.Next(Accounts), random.Next(Accounts), random.Next(1, 50));
            if (from == to) continue;
            try
            {
                var result = await cluster.Database.WriteAtomicallyAsync([Move(from, -amount), Move(to, amount)], Cancellation);
                result.EnsureApplied();
                Assert.Equal(result.Results[0].Version, result.Results[1].Version);
                Interlocked.Increment(ref _acknowledged);
            }
            catch (UnknownOutcomeException)
            {
                // The client gave up before anybody knew.
                Interlocked.Increment(ref _unknown);
            }
            catch (IngoDBException e) when (e.IsTransient)
            {
                // A silo is away, and says that nothing was written.
            }
        }
    }

    private async Task AuditAsync(ProcessCluster cluster)
    {
        while (!_isOver)
        {
            try
            {
                var all = await ReadAsync(cluster);
                Assert.Equal(Accounts, all.Count);
                Assert.Equal(Accounts * (long)Opening, all.Sum(account => account["balance"].AsInt64()));
                _audits++;
            }
            catch (IngoDBException e) when (e.IsTransient)
            {
                // A silo is away.
            }
        }
    }

    /// <summary>So many audits have been whole: while silos are away most of them are not.</summary>
    private async Task AuditedAsync(int audits, Task working)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Volatile.Read(ref _audits) < audits && !working.IsCompleted) await looks.WaitForNextTickAsync(Cancellation);
        if (working.IsFaulted) await working;
    }

    private async Task MoreAsync(int transfers, Task working)
    {
        var wanted = Volatile.Read(ref _acknowledged) + transfers;
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Volatile.Read(ref _acknowledged) < wanted && !working.IsCompleted) await looks.WaitForNextTickAsync(Cancellation);
        if (working.IsFaulted) await working;
    }

    private static async Task<IReadOnlyList<StoredDocument>> ReadAsync(ProcessCluster cluster) => await cluster.Database.Collection(Bank).Query().ToListAsync(Cancellation);

    private static PatchWrite Move(int account, int amount) => new() { Into = Bank, Id = IdOf(account), Steps = [new(PatchOperator.Inc, "balance", amount), new(PatchOperator.Inc, "moves", 1)] };

    private static DocumentId IdOf(int account) => new($"account-{account:D3}");
}
