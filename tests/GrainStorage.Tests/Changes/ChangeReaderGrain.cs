using System.Collections.Concurrent;
using Orleans.Streams;

namespace IngoDB.GrainStorage.Tests.Changes;

/// <summary>What subscribers have had, in the order in which it came; all silos of a test are in this process. A reader's name is its test's own.</summary>
internal sealed class Arrivals
{
    private static readonly ConcurrentDictionary<string, Arrivals> s_all = new(StringComparer.Ordinal);

    /// <summary>Nothing at all for so long: what is awaited will not come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Lock _lock = new();
    private readonly List<(StoredChange Change, StreamSequenceToken Token)> _came = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Arrivals Of(string reader) => s_all.GetOrAdd(reader, static _ => new());

    public IReadOnlyList<StoredChange> Changes
    {
        get
        {
            lock (_lock) return [.. _came.Select(item => item.Change)];
        }
    }

    public void Add(StoredChange change, StreamSequenceToken token)
    {
        lock (_lock)
        {
            _came.Add((change, token));
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The token of the first that is so; waits for it.</summary>
    public async Task<StreamSequenceToken> UntilAsync(Func<StoredChange, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_came.Find(item => isSo(item.Change)) is { Change: not null } found) return found.Token;
                more = _more.Task;
            }

            await more.WaitAsync(Patience, cancellationToken);
        }
    }
}

public interface IChangeReaderGrain : IGrainWithStringKey
{
    /// <param name="token">Null: from now on.</param>
    Task SubscribeAsync(string collection, StreamSequenceToken? token);

    Task SubscribeAsync(string collection, StreamSubscriptionStartPosition position);
}

/// <summary>Hands what it gets to the test, and resumes its subscriptions without a token whenever it is activated again.</summary>
public sealed class ChangeReaderGrain : Grain, IChangeReaderGrain
{
    /// <summary>The collection is the first part of a reader's name.</summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in await StreamOf(this.GetPrimaryKeyString().Split('/')[0]).GetAllSubscriptionHandles()) await subscription.ResumeAsync(OnNextAsync);
    }

    public Task SubscribeAsync(string collection, StreamSequenceToken? token) => StreamOf(collection).SubscribeAsync(OnNextAsync, token!);

    public Task SubscribeAsync(string collection, StreamSubscriptionStartPosition position) => StreamOf(collection).SubscribeAsync(new Observer(OnNextAsync), position);

    private IAsyncStream<StoredChange> StreamOf(string collection) => this.GetStreamProvider("changes").GetStream<StoredChange>(ChangeStream.Of(collection));

    private Task OnNextAsync(StoredChange change, StreamSequenceToken? token)
    {
        Arrivals.Of(this.GetPrimaryKeyString()).Add(change, token!);
        return Task.CompletedTask;
    }

    private sealed class Observer(Func<StoredChange, StreamSequenceToken?, Task> onNext) : IAsyncObserver<StoredChange>
    {
        public Task OnNextAsync(StoredChange item, StreamSequenceToken? token = null) => onNext(item, token);

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
    }
}

public interface IImplicitReaderGrain : IGrainWithStringKey
{
    Task BeginAgainAsync(StreamSequenceToken token);
}

/// <summary>Subscribes to every stream of changes by its attribute, and is activated by the first.</summary>
[ImplicitStreamSubscription(ChangeStream.Namespace)]
public sealed class ImplicitReaderGrain : Grain, IImplicitReaderGrain
{
    public static string NameOf(string collection) => $"{collection}/implicit";

    public override Task OnActivateAsync(CancellationToken cancellationToken) => ResumeAsync(token: null);

    public Task BeginAgainAsync(StreamSequenceToken token) => ResumeAsync(token);

    private async Task ResumeAsync(StreamSequenceToken? token)
    {
        var stream = this.GetStreamProvider("changes").GetStream<StoredChange>(ChangeStream.Of(this.GetPrimaryKeyString()));
        foreach (var subscription in await stream.GetAllSubscriptionHandles()) await subscription.ResumeAsync(OnNextAsync, token!);
    }

    private Task OnNextAsync(StoredChange change, StreamSequenceToken? token)
    {
        Arrivals.Of(NameOf(this.GetPrimaryKeyString())).Add(change, token!);
        return Task.CompletedTask;
    }
}
