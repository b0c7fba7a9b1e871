using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grains.Tests.Catalog;

/// <summary>A grain storage as the contract has it: an etag a write, and whoever brings an old one is refused.</summary>
internal sealed class FakeGrainStorage : IGrainStorage
{
    private readonly Dictionary<(string, GrainId), (object State, string Etag)> _states = [];
    private int _writes;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var exists = _states.TryGetValue((stateName, grainId), out var found);
        (grainState.State, grainState.ETag, grainState.RecordExists) = exists ? ((T)found.State, found.Etag, true) : (Activator.CreateInstance<T>(), null!, false);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _states.TryGetValue((stateName, grainId), out var found) ? found.Etag : null;
        if (stored != grainState.ETag) throw new InconsistentStateException("old etag", stored, grainState.ETag);
        grainState.ETag = $"e{++_writes}";
        grainState.RecordExists = true;
        _states[(stateName, grainId)] = (grainState.State!, grainState.ETag);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _states.Remove((stateName, grainId));
        return Task.CompletedTask;
    }
}
