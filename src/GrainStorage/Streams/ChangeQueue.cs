// One queue of a stream provider: some collections. To the runtime it is a receiver and a cache, but nothing is received and nothing cached: the feed
// is in the database and goes back to the first document, each subscriber reads it from where he is, and the receiver only says which
// streams have more. That is what makes the streams rewindable.
//
// The runtime has one of it for a queue in the whole cluster, and asks it every 100 ms (StreamPullingAgentOptions) and again as long as
// something comes; so after each answer there is an empty one.

using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Streams;

/// <summary>Reads changes for the streams of one queue. One caller at a time.</summary>
internal sealed class ChangeQueue(ChangePlaces places, IEnumerable<string> collections, TimeProvider time, ILogger logger) : IQueueAdapterReceiver, IQueueCache
{
    private readonly Dictionary<StreamId, ChangeSource> _sources = collections.ToDictionary(ChangeStream.Of, collection => new ChangeSource(collection, places, time, logger));
    private bool _hasAnswered;

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        var wakes = new List<IBatchContainer>();
        _hasAnswered = !_hasAnswered;
        if (!_hasAnswered) return wakes;
        foreach (var source in _sources.Values)
            if (await source.LookAsync().ConfigureAwait(false) is { } wake) wakes.Add(wake);
        _hasAnswered = wakes.Count > 0;
        return wakes;
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.WhenAll(_sources.Values.Select(source => source.SaveAsync())).WaitAsync(timeout, time);

    public int GetMaxAddCount() => QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG;

    public void AddToCache(IList<IBatchContainer> messages)
    {
        // Wakes are for the runtime alone.
    }

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    public bool IsUnderPressure() => false;

    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token)
        => SourceOf(streamId).Follow(token is null ? null : ChangeStream.PositionOf(token));

    public QueueCacheCursorResult<IQueueCacheCursor> TryGetCacheCursorAtPosition(StreamId streamId, StreamSubscriptionStartPosition startPosition) => startPosition switch
    {
        StreamSubscriptionStartPosition.Latest => QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(SourceOf(streamId).Follow(null)),
        StreamSubscriptionStartPosition.EarliestAvailable => QueueCacheCursorResult<IQueueCacheCursor>.FromCursor(SourceOf(streamId).Follow(Model.DocumentVersion.None)),
        _ => throw new ArgumentOutOfRangeException(nameof(startPosition)),
    };

    private ChangeSource SourceOf(StreamId stream)
        => _sources.TryGetValue(stream, out var source) ? source : throw new InvalidOperationException($"The stream {stream} is not followed: ChangeStreamOptions.Collections does not name its collection.");
}
