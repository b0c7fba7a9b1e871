// Orleans' persistent streams over the feed of changes: as many queues as collections, which the runtime spreads over the silos; a queue
// has the collections whose streams are mapped to it.

using System.Collections.Concurrent;
using IngoDB.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Streams;

/// <summary>The adapter of one provider, and its factory. Thread-safe.</summary>
/// <param name="collections">None in a client, which subscribes and has no queues.</param>
internal sealed class ChangeStreamAdapter(string name, IReadOnlyCollection<string> collections, ChangePlaces? places, TimeProvider time, ILogger<ChangeStreamAdapter> logger) : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache
{
    private readonly HashRingBasedStreamQueueMapper _queues = new(new HashRingStreamQueueMapperOptions { TotalQueueCount = Math.Max(1, collections.Count) }, name);

    /// <summary>Between the runtime's asking for a queue's cache and for its receiver, which are one.</summary>
    private readonly ConcurrentDictionary<QueueId, ChangeQueue> _made = new();

    public string Name => name;

    public bool IsRewindable => true;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadOnly;

    public static ChangeStreamAdapter InSilo(IServiceProvider services, string name, ChangeStreamOptions options)
    {
        var time = services.GetRequiredService<TimeProvider>();
        return new(name, [.. options.Collections], new(() => services.GetRequiredService<IngoDBClient>().Database(options.Database), name, options.FromBeginning, time), time, services.GetRequiredService<ILogger<ChangeStreamAdapter>>());
    }

    public static ChangeStreamAdapter InClient(IServiceProvider services, string name) => new(name, [], places: null, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ChangeStreamAdapter>>());

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => _queues;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());

    public IQueueCache CreateQueueCache(QueueId queueId) => _made[queueId] = Make(queueId);

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => _made.TryRemove(queueId, out var made) ? made : Make(queueId);

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
        => throw new NotSupportedException("A stream of changes is written by writing documents.");

    private ChangeQueue Make(QueueId queue) => new(places!, collections.Where(collection => _queues.GetQueueForStream(ChangeStream.Of(collection)).Equals(queue)), time, logger);
}
