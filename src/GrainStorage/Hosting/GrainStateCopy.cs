// Copying states from any provider that a silo has: read there and inserted here, each with its type, which only the application knows. What
// is here already stays as it is, because it is newer: so it may be run beside grains that are at work (with MovesFrom), broken off,
// and run again.
//
// Which grains there are is the caller's to say: a provider can not be asked for them.

using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace IngoDB.GrainStorage;

/// <summary>What a copy has done.</summary>
/// <param name="Copied">States that are here now because of it.</param>
/// <param name="Present">States that were here before, and stayed.</param>
/// <param name="Missing">Grains that have no state there.</param>
public sealed record GrainStateCopied(long Copied, long Present, long Missing);

/// <summary>Brings states from one provider to another.</summary>
public static class GrainStateCopy
{
    private const int AtOnce = 32;

    /// <summary>Copies the states of some grains. The states that are read stay where they are.</summary>
    /// <param name="services">Of a silo that has both providers.</param>
    /// <param name="stateName">As in <c>[PersistentState("stock")]</c>.</param>
    /// <param name="grains">Whose states.</param>
    /// <param name="from">The provider that has them.</param>
    /// <param name="to">The provider that gets them.</param>
    /// <param name="progress">Told after every thousand grains.</param>
    public static async Task<GrainStateCopied> CopyGrainStatesAsync<TState>(this IServiceProvider services, string stateName, IAsyncEnumerable<GrainId> grains, string from, string to = Naming.StateCollections.DefaultProvider, IProgress<GrainStateCopied>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(grains);
        const int tellEvery = 1000;
        var (source, target) = (services.GetRequiredKeyedService<IGrainStorage>(from), services.GetRequiredKeyedService<IGrainStorage>(to));
        long copied = 0, present = 0, missing = 0, seen = 0;
        await Parallel.ForEachAsync(grains, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (grain, _) =>
        {
            var state = new GrainState<TState>();
            await source.ReadStateAsync(stateName, grain, state).ConfigureAwait(false);
            if (!state.RecordExists) Interlocked.Increment(ref missing);
            else if (await InsertAsync(target, stateName, grain, state.State).ConfigureAwait(false)) Interlocked.Increment(ref copied);
            else Interlocked.Increment(ref present);
            if (Interlocked.Increment(ref seen) % tellEvery == 0) progress?.Report(new(Interlocked.Read(ref copied), Interlocked.Read(ref present), Interlocked.Read(ref missing)));
        }).ConfigureAwait(false);
        return new(copied, present, missing);
    }

    private static async ValueTask<bool> InsertAsync<TState>(IGrainStorage target, string stateName, GrainId grain, TState? state)
    {
        try
        {
            await target.WriteStateAsync(stateName, grain, new GrainState<TState>(state!)).ConfigureAwait(false);
            return true;
        }
        catch (InconsistentStateException)
        {
            // There is one already, which the grain has written since.
            return false;
        }
    }
}
