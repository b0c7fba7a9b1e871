// Orleans' grain storage over the database. One rule carries the whole contract: the ETag is the version of the state's document, and
// every write says which one it expects.
//
//   ETag null   write: insert                clear: there must be none            there must not be a state
//   ETag 4711   write: replace if version    clear: delete if version             this and no other must be there
//
// A condition that does not hold is an InconsistentStateException with the version that is there, and nothing changed; the runtime
// then deactivates the grain, whose next activation reads what is. A cleared state is gone, not marked: its ETag is null again, queries
// need not know of it, and a version never comes twice, so that a stale ETag stays stale.
//
// While states move here from another provider (MovesFrom), what is not here is read there, with the ETag of a state that is not here, so that
// it is inserted when it is written next; from then on it is here. Clearing clears there first: what is cleared here and left there would
// come back.
//
// What this does not do: hold a lock, or keep a copy. Two activations of one grain may race; the database decides who was first.

using System.Collections.Concurrent;
using IngoDB.Abstractions;
using IngoDB.GrainStorage.Hosting;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Stores;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace IngoDB.GrainStorage;

/// <summary>See <see cref="IGrainStorage"/>. One per provider name; thread-safe.</summary>
/// <param name="makeKinds">Called when the first state is read or written: the runtime asks for its default storage before it can find any grain.</param>
/// <param name="activators">Make the states that are not there.</param>
/// <param name="time">For waiting.</param>
/// <param name="former">Where states were until now; null: they are here or nowhere.</param>
internal sealed class IngoDBGrainStorage(Func<StateKinds> makeKinds, IActivatorProvider activators, TimeProvider time, Lazy<IGrainStorage>? former = null) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainType Type, Type State), object> _kinds = new();
    private StateKinds? _made;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        cancellationToken.ThrowIfCancellationRequested();
        var kind = await KindOfAsync<T>(stateName, grainId, cancellationToken).ConfigureAwait(false);
        if (await kind.Store.ReadAsync(StateIds.Of(grainId), cancellationToken).ConfigureAwait(false) is { } found)
            (grainState.State, grainState.ETag, grainState.RecordExists) = (kind.Codec.Decode(found) ?? New<T>(), found.Version.ToString(), true);
        else if (former is null || !await ReadFormerAsync(former.Value, stateName, grainId, grainState).ConfigureAwait(false)) Reset(grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        cancellationToken.ThrowIfCancellationRequested();
        var kind = await KindOfAsync<T>(stateName, grainId, cancellationToken).ConfigureAwait(false);
        var expected = Expected(grainState, grainId);
        var row = kind.Codec.Encode(grainId, grainState.State, kind.Expires());
        await kind.DescribeAsync(cancellationToken).ConfigureAwait(false);
        var write = kind.Changes.WriteOf(grainState, StateIds.Of(grainId), expected, row);
        var version = await WriteAsync(kind.Store, write, grainId, grainState, cancellationToken).ConfigureAwait(false);
        (grainState.ETag, grainState.RecordExists) = (version.ToString(), true);
        kind.Changes.Wrote(grainState, version, row);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        cancellationToken.ThrowIfCancellationRequested();
        var kind = await KindOfAsync<T>(stateName, grainId, cancellationToken).ConfigureAwait(false);
        var (id, expected) = (StateIds.Of(grainId), Expected(grainState, grainId));
        if (former is not null) await ClearFormerAsync<T>(former.Value, stateName, grainId).ConfigureAwait(false);
        if (expected != DocumentVersion.None) await WriteAsync(kind.Store, new(WriteKind.Delete, id, expected), grainId, grainState, cancellationToken).ConfigureAwait(false);
        else if (await kind.Store.ReadAsync(id, cancellationToken).ConfigureAwait(false) is { } present) throw Inconsistent(grainId, grainState, present.Version.ToString(), "it was expected not to exist");
        Reset(grainState);
    }

    private static async ValueTask<bool> ReadFormerAsync<T>(IGrainStorage former, string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await former.ReadStateAsync(stateName, grainId, grainState).ConfigureAwait(false);
        grainState.ETag = null;
        return grainState.RecordExists;
    }

    private static async ValueTask ClearFormerAsync<T>(IGrainStorage former, string stateName, GrainId grainId)
    {
        var there = new GrainState<T>();
        await former.ReadStateAsync(stateName, grainId, there).ConfigureAwait(false);
        if (there.RecordExists) await former.ClearStateAsync(stateName, grainId, there).ConfigureAwait(false);
    }

    private static async ValueTask<DocumentVersion> WriteAsync<T>(StateStore store, LocalWrite write, GrainId grain, IGrainState<T> state, CancellationToken cancellationToken)
    {
        try
        {
            return await store.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
        catch (ConflictException conflict)
        {
            var present = await store.ReadAsync(write.Id, cancellationToken).ConfigureAwait(false);
            throw Inconsistent(grain, state, present?.Version.ToString(), conflict.Message);
        }
    }

    private static DocumentVersion Expected<T>(IGrainState<T> state, GrainId grain)
    {
        if (string.IsNullOrEmpty(state.ETag)) return DocumentVersion.None;
        return ulong.TryParse(state.ETag, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var version) && version != 0
            ? new(version)
            : throw Inconsistent(grain, state, storedEtag: null, "its ETag is none of this provider's");
    }

    private static InconsistentStateException Inconsistent<T>(GrainId grain, IGrainState<T> state, string? storedEtag, string why)
        => new($"The state of {grain} is not the one that was read: {why}", storedEtag ?? "", state.ETag ?? "");

    private void Reset<T>(IGrainState<T> state) => (state.State, state.ETag, state.RecordExists) = (New<T>(), null, false);

    private T New<T>() => activators.GetActivator<T>().Create();

    private async ValueTask<StateKind<T>> KindOfAsync<T>(string stateName, GrainId grain, CancellationToken cancellationToken)
    {
        if (_kinds.TryGetValue((stateName, grain.Type, typeof(T)), out var known)) return (StateKind<T>)known;
        var kinds = _made ??= await KnownCluster.WhenKnownAsync(makeKinds, time, cancellationToken).ConfigureAwait(false);
        return (StateKind<T>)_kinds.GetOrAdd((stateName, grain.Type, typeof(T)), static (key, kinds) => kinds.Of<T>(key.Type, key.Name), kinds);
    }
}
