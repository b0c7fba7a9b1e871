using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>A grain's state as it is stored, read without waking the grain.</summary>
public sealed class GrainRecord<TState>
{
    private readonly IGrainFactory? _grains;

    internal GrainRecord(GrainId grainId, TState state, DocumentVersion version, IGrainFactory? grains) => (GrainId, State, Version, _grains) = (grainId, state, version, grains);

    public GrainId GrainId { get; }

    public TState State { get; }

    /// <summary>Of the state's document; as text it is the grain's ETag.</summary>
    public DocumentVersion Version { get; }

    /// <summary>The grain, ready to be called.</summary>
    /// <exception cref="InvalidOperationException">The client was made without a grain factory.</exception>
    public TGrain GetGrain<TGrain>()
        where TGrain : IAddressable
        => (_grains ?? throw new InvalidOperationException("This client was made without a grain factory, which makes references to grains.")).GetGrain<TGrain>(GrainId);
}
