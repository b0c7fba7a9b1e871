using IngoDB.GrainStorage.Tests.Grains;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Runtime;

/// <summary>When an operation of a grain's storage fails.</summary>
public enum Fails
{
    Never,

    /// <summary>Nothing was done.</summary>
    Before,

    /// <summary>It was done, and its caller does not know.</summary>
    After,
}

/// <summary>The provider, with failures on order: what a broken connection looks like to a grain.</summary>
internal sealed class FaultyStorage(IGrainStorage storage) : IGrainStorage
{
    public const string Name = "faulty";

    /// <summary>By grain, for its next operation of this kind.</summary>
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<(GrainId Grain, string Operation), Fails> Ordered = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => RunAsync(grainId, "read", () => storage.ReadStateAsync(stateName, grainId, grainState));

    // The state is a copy: the ETag of a write whose answer is lost never reaches the grain.
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => RunOnCopyAsync(grainId, "write", grainState, state => storage.WriteStateAsync(stateName, grainId, state));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => RunOnCopyAsync(grainId, "clear", grainState, state => storage.ClearStateAsync(stateName, grainId, state));

    private static async Task RunAsync(GrainId grain, string operation, Func<Task> run)
    {
        Ordered.TryRemove((grain, operation), out var fails);
        if (fails == Fails.Before) throw new IOException($"{operation} failed before");
        await run();
        if (fails == Fails.After) throw new IOException($"{operation} failed after");
    }

    private static Task RunOnCopyAsync<T>(GrainId grain, string operation, IGrainState<T> state, Func<IGrainState<T>, Task> run)
    {
        var copy = new GrainState<T>(state.State, state.ETag) { RecordExists = state.RecordExists };
        return RunAsync(grain, operation, () => run(copy)).ContinueWith(
            done =>
            {
                if (!done.IsCompletedSuccessfully) return done;
                (state.ETag, state.RecordExists) = (copy.ETag, copy.RecordExists);
                if (operation == "clear") state.State = copy.State!; // what was written may have changed meanwhile
                return done;
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
    }
}

public interface IFaultyGrain : IGrainWithStringKey, IStateGrain<int>
{
    Task ReadAgainAsync();

    /// <summary>Adds one and writes. The grain is reentrant: other calls come between.</summary>
    Task AddAsync();

    Task DeactivateAsync();
}

[Reentrant]
public sealed class FaultyGrain([PersistentState("n", FaultyStorage.Name)] IPersistentState<int> state) : StateGrain<int>(state), IFaultyGrain
{
    private readonly IPersistentState<int> _state = state;

    public Task ReadAgainAsync() => _state.ReadStateAsync();

    public Task AddAsync()
    {
        _state.State++;
        return _state.WriteStateAsync();
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IHomelessGrain : IGrainWithStringKey, IStateGrain<int>;

public sealed class HomelessGrain([PersistentState("n", "nobody")] IPersistentState<int> state) : StateGrain<int>(state), IHomelessGrain;
