// A partition that cannot be reached must not make a request fail slowly, step after step. The first miss is noted
// here; later steps leave the partition out, and the reply names it.

using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>
/// One request on its way through the coordinator: its database, its deadline, and which partitions it had to do
/// without. Those are collected here, so that every later step leaves them out and the reply can name them.
/// </summary>
/// <param name="near">Copies that may answer instead of the primary, as far as they can.</param>
internal sealed class RequestScope(DatabaseMap map, PartitionRouter router, CancellationToken cancellationToken, NearReads? near = null)
{
    private readonly SortedDictionary<int, string> _missing = [];
    private UnavailableException? _firstMiss;

    public DatabaseMap Map { get; } = map;

    public TimeProvider Time => router.Time;

    public CancellationToken Cancellation { get; } = cancellationToken;

    public int[] Missing
    {
        get { lock (_missing) return [.. _missing.Keys]; }
    }

    /// <summary>Why each of them is missing.</summary>
    public string[] Warnings
    {
        get { lock (_missing) return [.. _missing.Values]; }
    }

    public ValueTask<T> AskAsync<T>(int partition, Func<IPartitionGrain, ValueTask<T>> call) => router.AskAsync(Map, partition, call, Cancellation);

    /// <param name="isRepeatable">It has a name, and is done once however often it is sent.</param>
    public ValueTask<T> TellAsync<T>(int partition, Func<IPartitionGrain, ValueTask<T>> call, bool isRepeatable) => router.TellAsync(Map, partition, call, isRepeatable, Cancellation);

    /// <summary>Asks, and notes the partition as missing (null) when it cannot be reached; every other failure is the request's, a bug in the partition too.</summary>
    public async ValueTask<T?> TryAskAsync<T>(int partition, Func<IPartitionGrain, ValueTask<T>> call, Func<T, Fault?> faultOf) where T : class
    {
        try
        {
            var reply = await AskAsync(partition, call).ConfigureAwait(false);
            FaultCodec.ThrowIfFault(faultOf(reply));
            return reply;
        }
        catch (UnavailableException e) when (e.Code != FaultCodec.InternalError)
        {
            lock (_missing)
            {
                _missing.TryAdd(partition, $"Partition {partition} is missing: {e.Code}: {e.Message}");
                _firstMiss ??= e;
            }

            return null;
        }
    }

    /// <summary>Null: every partition is asked where it is led.</summary>
    public NearReads? Near { get; } = near;

    /// <summary>A read at a snapshot, which is the same wherever it is read: here, if a copy is near and has come so far.</summary>
    public async ValueTask<PartitionPage?> TryReadAsync(int partition, ulong snapshot, Func<PartitionReader, ValueTask<PartitionPage>> here, Func<IPartitionGrain, ValueTask<PartitionPage>> there)
        => (Near is { } copies && snapshot != 0 ? await copies.TryReadAtAsync(Map, partition, new(snapshot), here).ConfigureAwait(false) : null)
            ?? await TryAskAsync(partition, there, static page => page.Fault).ConfigureAwait(false);

    /// <summary>The same question to every partition, side by side; answers by partition.</summary>
    public Task<T?[]> ToAllAsync<T>(Func<IPartitionGrain, ValueTask<T>> call, Func<T, Fault?> faultOf) where T : class
        => Task.WhenAll(Enumerable.Range(0, Map.Partitions.Count).Select(p => TryAskAsync(p, call, faultOf).AsTask()));

    /// <summary>The partitions among these that were not found missing so far.</summary>
    public IReadOnlyList<int> Present(IEnumerable<int> partitions)
    {
        lock (_missing) return [.. partitions.Where(p => !_missing.ContainsKey(p))];
    }

    /// <summary>When nobody at all could be asked there is no partial answer either.</summary>
    public void ThrowIfAllMissing(int asked)
    {
        lock (_missing)
            if (asked > 0 && _missing.Count >= asked && _firstMiss is { } miss) throw miss;
    }
}
