// A bank of Orleans' transactional grains over the native storage: several tellers move money between the same accounts at once; all silos stop and come
// back; the sum is what it was, for who asks the grains and for who asks the database.

using IngoDB.GrainStorage.Tests.Runtime;
using IngoDB.GrainStorage.Tests.Silos;
using Orleans.Transactions;

namespace IngoDB.GrainStorage.Tests.Transactions;

public sealed class NativeTransactionTests
{
    private const int Accounts = 12;
    private const int Money = 100;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Money_moves_and_its_sum_stays_over_restarts_of_all_silos(int silos)
    {
        await using var cluster = await new TestCluster(silos, configure: silo => silo.UseTransactions().AddIngoDBTransactionalStateStorageAsDefault()).StartAsync();
        for (var i = 0; i < Accounts; i++) await BankOf(cluster).TransferAsync("", NameOf(i), Money);
        for (var round = 0; round < 2; round++)
        {
            var moved = 0;
            await Parallel.ForAsync(0, 3, Cancellation, async (teller, _) =>
            {
                var random = new Random((round * 10) + teller);
                for (var i = 0; i < 10; i++)
                    if (await IsDoneAsync(() => BankOf(cluster).TransferAsync(NameOf(random.Next(Accounts)), NameOf(random.Next(Accounts)), random.Next(60)))) Interlocked.Increment(ref moved);
            });
            Assert.InRange(moved, 1, 30);
            await cluster.RestartAsync();
            var balances = new List<int>();
            for (var i = 0; i < Accounts; i++) balances.Add(await BalanceAsync(cluster, NameOf(i)));
            Assert.Equal(Accounts * Money, balances.Sum());
            Assert.All(balances, balance => Assert.InRange(balance, 0, Accounts * Money));
        }

        // What queries see is what was committed. (A participant hears of it a moment after the teller.)
        var began = TimeProvider.System.GetTimestamp();
        while (await StoredSumAsync(cluster) is var sum && sum != Accounts * Money)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"{sum} is stored");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    private static async Task<int> StoredSumAsync(TestCluster cluster) => (await cluster.Silo.Client.Grains<Balance>().ToListAsync(Cancellation)).Items.Sum(record => record.State.Amount);

    /// <summary>A question is a transaction too, and may be in the way of one that is just recovering.</summary>
    private static async Task<int> BalanceAsync(TestCluster cluster, string account)
    {
        const int attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await BankOf(cluster).BalanceAsync(account);
            }
            catch (OrleansTransactionException) when (attempt < attempts)
            {
                // As the summary says.
            }
        }
    }

    /// <summary>False: it was overdrawn, or in the way of another; nothing moved. (An outcome in doubt is either, and sums stay.)</summary>
    private static async Task<bool> IsDoneAsync(Func<Task> transfer)
    {
        try
        {
            await transfer();
            return true;
        }
        catch (OrleansTransactionException)
        {
            // As the summary says.
            return false;
        }
    }

    private static IBankGrain BankOf(TestCluster cluster) => cluster.Silo.Grains.GetGrain<IBankGrain>(0);

    private static string NameOf(int account) => $"account-{account}";
}
