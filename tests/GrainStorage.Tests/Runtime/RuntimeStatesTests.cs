// What the runtime itself stores through a grain storage provider: who subscribes to which stream (the provider named PubSubStore), and
// the states of transactions. Both are documents like any other, with references to grains in them, and outlive all silos.

using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Tests.Silos;
using IngoDB.Model;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Streams;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage.Tests.Runtime;

public sealed class RuntimeStatesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Subscriptions_and_transactions_outlive_all_silos(int silos)
    {
        await using var cluster = await new TestCluster(silos, configure: silo =>
        {
            silo.AddIngoDBGrainStorage("PubSubStore").AddMemoryStreams("news");
            silo.UseTransactions();
        }).StartAsync();
        var (desk, reader) = (cluster.Silo.Grains.GetGrain<INewsGrain>("desk"), cluster.Silo.Grains.GetGrain<INewsGrain>("reader"));
        await reader.SubscribeAsync("daily");
        await desk.PublishAsync("daily", "first");
        Assert.Equal("first", await reader.LatestAsync());
        var bank = cluster.Silo.Grains.GetGrain<IBankGrain>(0);
        await bank.TransferAsync("", "ada", 100);
        await bank.TransferAsync("ada", "bob", 30);
        await Assert.ThrowsAsync<OrleansTransactionAbortedException>(() => bank.TransferAsync("ada", "bob", 1000));

        // A transaction's participants are references, held as what the runtime makes of them.
        var codec = new DocumentStateCodec<Participant>(new StateJson(null, cluster.Silo.Grains), fallback: null);
        var row = codec.Encode(GrainId.Create("bank", "0"), new() { Reference = (GrainReference)desk }, expires: null);
        var back = codec.Decode(new("0", new(1), new RowReader(row.Shape, row.Bytes.Span).Decode()))!.Reference;
        Assert.Equal((GrainReference)desk, back);
        Assert.IsType<INewsGrain>(back, exactMatch: false);

        await cluster.RestartAsync();
        bank = cluster.Silo.Grains.GetGrain<IBankGrain>(0);
        Assert.Equal((70, 30), (await bank.BalanceAsync("ada"), await bank.BalanceAsync("bob")));
        await bank.TransferAsync("bob", "ada", 10);
        Assert.Equal((80, 20), (await bank.BalanceAsync("ada"), await bank.BalanceAsync("bob")));
        Assert.Equal(1, await cluster.Silo.Grains.GetGrain<INewsGrain>("reader").SubscriptionsAsync("daily"));
        var kinds = await cluster.Silo.Client.Database().Collection("system:grain-states").Query().ToListAsync(Cancellation);
        Assert.Contains("PubSubStore", kinds.Select(kind => kind.Fields["provider"].AsString()));
    }
}

public sealed class Participant
{
    public GrainReference? Reference { get; set; }
}

public interface INewsGrain : IGrainWithStringKey
{
    Task SubscribeAsync(string paper);

    Task PublishAsync(string paper, string text);

    [AlwaysInterleave]
    Task<string> LatestAsync();

    Task<int> SubscriptionsAsync(string paper);
}

public sealed class NewsGrain : Grain, INewsGrain
{
    private readonly TaskCompletionSource<string> _latest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task SubscribeAsync(string paper) => StreamOf(paper).SubscribeAsync((text, _) =>
    {
        _latest.TrySetResult(text);
        return Task.CompletedTask;
    });

    public Task PublishAsync(string paper, string text) => StreamOf(paper).OnNextAsync(text);

    public Task<string> LatestAsync() => _latest.Task;

    public async Task<int> SubscriptionsAsync(string paper) => (await StreamOf(paper).GetAllSubscriptionHandles()).Count;

    private IAsyncStream<string> StreamOf(string paper) => this.GetStreamProvider("news").GetStream<string>(paper);
}

public interface IBankGrain : IGrainWithIntegerKey
{
    /// <summary>Nobody's money is new money.</summary>
    [Transaction(TransactionOption.Create)]
    Task TransferAsync(string from, string to, int amount);

    [Transaction(TransactionOption.Create)]
    Task<int> BalanceAsync(string of);
}

public interface IAccountGrain : IGrainWithStringKey
{
    [Transaction(TransactionOption.Join)]
    Task AddAsync(int amount);

    [Transaction(TransactionOption.Join)]
    Task<int> BalanceAsync();
}

[GenerateSerializer]
public sealed class Balance
{
    [Id(0)] public int Amount { get; set; }
}

[StatelessWorker]
public sealed class BankGrain : Grain, IBankGrain
{
    public async Task TransferAsync(string from, string to, int amount)
    {
        if (from.Length > 0) await GrainFactory.GetGrain<IAccountGrain>(from).AddAsync(-amount);
        await GrainFactory.GetGrain<IAccountGrain>(to).AddAsync(amount);
    }

    public Task<int> BalanceAsync(string of) => GrainFactory.GetGrain<IAccountGrain>(of).BalanceAsync();
}

[Reentrant]
public sealed class AccountGrain([TransactionalState("balance")] ITransactionalState<Balance> balance) : Grain, IAccountGrain
{
    public Task AddAsync(int amount) => balance.PerformUpdate(state =>
    {
        if (state.Amount + amount < 0) throw new InvalidOperationException("An account is not overdrawn.");
        state.Amount += amount;
    });

    public Task<int> BalanceAsync() => balance.PerformRead(state => state.Amount);
}
