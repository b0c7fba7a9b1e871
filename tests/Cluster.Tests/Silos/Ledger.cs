// The oracle of every test that kills silos under load: each writer notes what it was answered, and in the end that must be there.

using System.Collections.Concurrent;
using System.Globalization;
using Cluster.Tests.Processes;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace Cluster.Tests.Silos;

/// <summary>What was asked for and what was answered; told by who asked, who is never killed.</summary>
internal sealed class Ledger(ProcessCluster cluster) : IDisposable
{
    public void Dispose() => _oneMore.Dispose();

    /// <summary>On an idle machine it is two seconds; here other tests run, too, and processes start.</summary>
    private static readonly TimeSpan ResumesWithin = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly ConcurrentDictionary<int, long> _acknowledged = new();
    private readonly ConcurrentDictionary<string, long> _counted = new();
    private readonly ConcurrentDictionary<string, long> _perhaps = new();
    private readonly SemaphoreSlim _oneMore = new(0);
    private readonly List<Task> _writers = [];
    private volatile bool _stopped;
    private int _next;

    public void Stop() => _stopped = true;

    public Task WriteAsync(int writers)
    {
        foreach (var writer in Enumerable.Range(0, writers)) _writers.Add(GoOnAsync(writer));
        return Task.WhenAll(_writers);
    }

    public async Task MoreAcknowledgedAsync(int more)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(ResumesWithin);
        // Those of before, while nobody waited, say nothing of now.
        while (_oneMore.Wait(0, CancellationToken.None))
        {
        }

        for (var i = 0; i < more; i++)
        {
            if (_writers.Find(writer => writer.IsFaulted) is { } failed) await failed;
            await _oneMore.WaitAsync(patience.Token);
        }
    }

    /// <summary>Every acknowledged document is there as it was acknowledged; every counter was counted up once for each acknowledgement, and for what is unknown once at most.</summary>
    public async Task CheckAsync()
    {
        var found = (await cluster.Database.Collection("numbers").Query().ToListAsync(Cancellation)).ToDictionary(d => int.Parse(d.Id.ToString(), CultureInfo.InvariantCulture), d => d["n"].AsInt64());
        Assert.DoesNotContain(_acknowledged, written => !found.TryGetValue(written.Key, out var n) || n != written.Value);
        foreach (var (counter, times) in _counted)
            Assert.InRange((await cluster.Database.Collection("counters").GetAsync(new DocumentId(counter), Cancellation))!["n"].AsInt64(), times, times + _perhaps.GetValueOrDefault(counter));
    }

    private async Task Write(int writer, int number)
    {
        if (await IsDoneAsync(() => cluster.Database.Collection("numbers").UpsertAsync(Document.Of(("n", number * 7)), new DocumentId($"{number:D6}"), cancellationToken: Cancellation)) == true)
        {
            _acknowledged[number] = number * 7;
            _oneMore.Release();
        }

        var counter = $"counter-{writer}";
        var isDone = await IsDoneAsync(() => cluster.Database.Collection("counters").PatchAsync(new DocumentId(counter), new Patch().Inc("n", 1), cancellationToken: Cancellation));
        if (isDone != false) (isDone == true ? _counted : _perhaps).AddOrUpdate(counter, 1, static (_, n) => n + 1);
    }

    /// <summary>Null: nobody knows.</summary>
    private static async Task<bool?> IsDoneAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (UnknownOutcomeException)
        {
            return null;
        }
        catch (UnavailableException)
        {
            // Not done, and said so.
            return false;
        }
    }

    private async Task GoOnAsync(int writer)
    {
        await Task.Yield();
        while (await IsDoneAsync(() => cluster.Database.Collection("counters").UpsertAsync(Document.Of(("n", 0)), new DocumentId($"counter-{writer}"), cancellationToken: Cancellation)) != true)
        {
            // The cluster is still forming.
        }

        while (!_stopped) await Write(writer, Interlocked.Increment(ref _next));
    }
}
