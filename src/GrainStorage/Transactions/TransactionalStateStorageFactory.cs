using System.Collections.Concurrent;
using IngoDB.GrainStorage.Hosting;
using IngoDB.GrainStorage.Stores;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage.Transactions;

/// <summary>Makes the storage of each transactional state. One per name; thread-safe.</summary>
internal sealed class TransactionalStateStorageFactory(IServiceProvider services, string name) : ITransactionalStateStorageFactory
{
    private readonly ConcurrentDictionary<(string Name, GrainType Type, Type State), object> _kinds = new();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private StateKinds? _made;

    public ITransactionalStateStorage<TState> Create<TState>(string stateName, IGrainContext context)
        where TState : class, new() => Create<TState>(stateName, context.GrainId);

    public ITransactionalStateStorage<TState> Create<TState>(string stateName, GrainId grain)
        where TState : class, new() => new TransactionalStateStorage<TState>(() => KindOfAsync<TState>(stateName, grain.Type), grain);

    private async ValueTask<TransactionKind<T>> KindOfAsync<T>(string stateName, GrainType type)
        where T : class, new()
    {
        if (_kinds.TryGetValue((stateName, type, typeof(T)), out var known)) return (TransactionKind<T>)known;
        var kinds = _made ??= await KnownCluster.WhenKnownAsync(() => IngoDBGrainStorageExtensions.KindsOf(services, name), _time, CancellationToken.None).ConfigureAwait(false);
        return (TransactionKind<T>)_kinds.GetOrAdd((stateName, type, typeof(T)), static (key, kinds) => kinds.TransactionsOf<T>(key.Type, key.Name), kinds);
    }
}
