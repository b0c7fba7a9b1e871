using IngoDB.Abstractions;
using IngoDB.Client;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Transactions;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Stores;

/// <summary>Makes the kinds of state of one provider. Thread-safe.</summary>
internal sealed class StateKinds(string provider, IngoDBGrainStorageOptions options, IngoDatabase database, ILocalDocuments? local, string? service, IGrainFactory grains, TimeProvider time)
{
    private readonly StateJson _json = new(options.JsonSerializerOptions, grains);

    public StateKind<T> Of<T>(GrainType type, string stateName)
    {
        var collection = StateCollections.NameOf(type.ToString()!, stateName, provider, service);
        var description = StateDescription.Of<T>(database, collection, type, stateName, provider, isQueryable: options.GrainStorageSerializer is null);
        return new(new(database, collection, local, options.Buffered), CodecOf<T>(), new(options.PartialChangeBytes), description, LifeOf(type), time);
    }

    /// <summary>The same for transactional states.</summary>
    public TransactionKind<T> TransactionsOf<T>(GrainType type, string stateName)
    {
        var heads = StateCollections.NameOf(type.ToString()!, stateName, provider, service, StateCollections.Transactions);
        return new(database, Of<T>(type, stateName), new(database, heads, local, options.Buffered), new DocumentStateCodec<TransactionFields>(new(null, grains), fallback: null), options.Buffered);
    }

    private IStateCodec<T> CodecOf<T>() => options.GrainStorageSerializer is { } opaque
        ? new OpaqueStateCodec<T>(opaque, new Lazy<IStateCodec<T>>(() => new DocumentStateCodec<T>(_json, opaque)))
        : new DocumentStateCodec<T>(_json, options.FormerSerializer);

    private TimeSpan? LifeOf(GrainType type) => options.TimeToLiveOf.TryGetValue(type.ToString()!, out var own) ? own : options.TimeToLive;
}
