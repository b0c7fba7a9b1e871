// One kind of state is a grain type, a state name and a provider: they have a collection, and the .NET type says how it is encoded.
// What kinds there are is written down where everybody can read it (system:grain-states), by the first write of a kind in each
// process: so a query finds the collection of a type, and sees at once when it can not look into its states.

using IngoDB.GrainStorage.States;

namespace IngoDB.GrainStorage.Stores;

/// <summary>Where states of one kind are and how they are encoded. Thread-safe.</summary>
internal sealed class StateKind<T>(StateStore store, IStateCodec<T> codec, StateChanges changes, StateDescription description, TimeSpan? timeToLive, TimeProvider time)
{
    private Task? _described;

    public StateStore Store => store;

    public IStateCodec<T> Codec => codec;

    /// <summary>What of a large state has changed since it was read.</summary>
    public StateChanges Changes => changes;

    /// <summary>When a state that is written now ends by itself; null: never.</summary>
    public DateTimeOffset? Expires() => timeToLive is { } life ? time.GetUtcNow() + life : null;

    /// <summary>Done once, before the first write.</summary>
    public ValueTask DescribeAsync(CancellationToken cancellationToken)
        => _described is { IsCompletedSuccessfully: true } ? default : new(DescribeOnceAsync().WaitAsync(cancellationToken));

    private async Task DescribeOnceAsync()
    {
        var running = _described;
        if (running is null || running.IsFaulted || running.IsCanceled) _described = running = description.WriteAsync();
        await running.ConfigureAwait(false);
    }
}
