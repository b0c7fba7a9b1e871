using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.Grains;

[GenerateSerializer]
public sealed record Note
{
    [Id(0)] public string Text { get; init; } = "";

    public static Note Of(string text) => new() { Text = text };
}

public interface INoteGrain : IGrainWithStringKey, IStateGrain<Note>
{
    /// <summary>Writes behind the runtime's back, as another activation would.</summary>
    Task WriteAsAnotherAsync(string text);

    Task DeactivateAsync();

    /// <summary>Several writes at once; the last one counts.</summary>
    Task<string> WriteManyAsync(int count);
}

[GrainType("note")]
public sealed class NoteGrain([PersistentState("text")] IPersistentState<Note> state, [PersistentState("second", "archive")] IPersistentState<Note> second, IServiceProvider services) : StateGrain<Note>(state), INoteGrain
{
    private readonly IPersistentState<Note> _state = state;

    public async Task WriteAsAnotherAsync(string text)
    {
        var storage = services.GetRequiredKeyedService<Orleans.Storage.IGrainStorage>("Default");
        var seen = new GrainState<Note>();
        await storage.ReadStateAsync("text", this.GetGrainId(), seen);
        seen.State = Note.Of(text);
        await storage.WriteStateAsync("text", this.GetGrainId(), seen);
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<string> WriteManyAsync(int count)
    {
        var writes = new List<Task>();
        for (var i = 1; i <= count; i++)
        {
            (_state.State, second.State) = (Note.Of($"write {i}"), Note.Of($"second {i}"));
            writes.Add(_state.WriteStateAsync());
            writes.Add(second.WriteStateAsync());
        }

        await Task.WhenAll(writes);
        await second.ReadStateAsync();
        return second.State.Text;
    }
}

/// <summary>The older way: state by inheritance, and a generic grain.</summary>
public interface IBoxGrain<T> : IGrainWithIntegerCompoundKey
{
    Task SetAsync(T value);

    Task<T?> GetAsync();

    Task DeactivateAsync();
}

[GenerateSerializer]
public sealed class BoxState<T>
{
    [Id(0)] public T? Value { get; set; }
}

[Reentrant]
public sealed class BoxGrain<T> : Grain<BoxState<T>>, IBoxGrain<T>
{
    public Task SetAsync(T value)
    {
        State.Value = value;
        return WriteStateAsync();
    }

    public Task<T?> GetAsync() => Task.FromResult(State.Value);

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IGuidCompoundGrain : IGrainWithGuidCompoundKey, IStateGrain<int>;

public sealed class GuidCompoundGrain([PersistentState("n")] IPersistentState<int> state) : StateGrain<int>(state), IGuidCompoundGrain;

public interface ILongGrain : IGrainWithIntegerKey, IStateGrain<int>;

public sealed class LongGrain([PersistentState("n")] IPersistentState<int> state) : StateGrain<int>(state), ILongGrain;
