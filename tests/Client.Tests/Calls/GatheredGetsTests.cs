// Gets that are asked for at the same time share calls. Whatever shares a call, each gets its own answer, and the trouble of one
// is not the trouble of the others.

using IngoDB.Client.Collections;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Calls;

public sealed class GatheredGetsTests
{
    private const int Documents = 500;
    private const int FirstCalls = 4;

    private readonly FakeCluster _cluster = new(options => (options.ReadRetries, options.GetCalls) = (0, FirstCalls));
    private readonly TaskCompletionSource _open = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DocumentCollection Notes => _cluster.Database.Collection("notes");

    [Fact]
    public async Task What_is_asked_for_at_the_same_time_shares_calls_and_each_gets_its_own()
    {
        await FillAsync();
        var wanted = Enumerable.Range(0, 2_000).Select(i => i * 7 % (2 * Documents)).ToList();
        HoldFirstCalls();
        var gets = wanted.Select(n => Notes.GetAsync(Id(n), Token)).ToList();
        Assert.InRange(_cluster.Coordinator.Gets.Count, FirstCalls, FirstCalls + (2_000 / 256));
        _open.SetResult();
        var found = await Task.WhenAll(gets);
        Assert.Equal(wanted.Select(n => n < Documents ? n : -1), found.Select(d => d is null ? -1 : (int)d["n"].AsInt64()));
        Assert.InRange(_cluster.Coordinator.Gets.Count, FirstCalls + 2_000 / 256, 40);
    }

    [Fact]
    public async Task A_get_alone_goes_at_once()
    {
        await FillAsync();
        for (var i = 0; i < 10; i++) Assert.NotNull(await Notes.GetAsync(Id(i), Token));
        Assert.Equal(10, _cluster.Coordinator.Gets.Count);
    }

    [Fact]
    public async Task A_missing_partition_is_missed_only_by_those_who_want_something_of_it()
    {
        await FillAsync();
        HoldFirstCalls();
        var first = Enumerable.Range(0, FirstCalls).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        var there = Enumerable.Range(10, 20).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        var notThere = Enumerable.Range(Documents, 20).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        _cluster.Coordinator.MissingPartitionsOf = ids => ids.Any(id => int.Parse(id.Text) >= Documents) ? [3] : [];
        _open.SetResult();
        await Task.WhenAll(first);
        Assert.Equal(Enumerable.Range(10, 20), (await Task.WhenAll(there)).Select(d => (int)d!["n"].AsInt64()));
        foreach (var get in notThere) Assert.Equal("query.partitions_missing", (await Assert.ThrowsAsync<UnavailableException>(() => get)).Code);
    }

    [Fact]
    public async Task Slow_calls_hold_up_the_others_for_a_moment_only()
    {
        await FillAsync();
        HoldFirstCalls();
        var slow = Enumerable.Range(0, FirstCalls).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        var behind = Notes.GetAsync(Id(10), Token);
        Assert.False(behind.IsCompleted);
        for (var i = 0; i < 2; i++) _cluster.Time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.NotNull(await behind);
        Assert.DoesNotContain(slow, get => get.IsCompleted);
        _open.SetResult();
        await Task.WhenAll(slow);
    }

    [Fact]
    public async Task A_call_that_fails_fails_everybody_who_shared_it_and_nobody_else()
    {
        await FillAsync();
        HoldFirstCalls();
        var first = Enumerable.Range(0, FirstCalls).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        var shared = Enumerable.Range(10, 20).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        _cluster.Coordinator.Throw(new CorruptionException("t12.sst", 4096, "checksum"));
        _open.SetResult();
        await Task.WhenAll(first);
        foreach (var get in shared) Assert.Equal("t12.sst", (await Assert.ThrowsAsync<CorruptionException>(() => get)).File);
        Assert.NotNull(await Notes.GetAsync(Id(10), Token));
    }

    [Fact]
    public async Task Who_cancels_while_waiting_leaves_and_the_others_are_answered()
    {
        await FillAsync();
        HoldFirstCalls();
        var first = Enumerable.Range(0, FirstCalls).Select(i => Notes.GetAsync(Id(i), Token)).ToList();
        using var cancel = new CancellationTokenSource();
        var leaves = Notes.GetAsync(Id(10), cancel.Token);
        var stays = Notes.GetAsync(Id(10), Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        _open.SetResult();
        Assert.NotNull(await stays);
        await Task.WhenAll(first);
    }

    [Fact]
    public async Task Rows_are_the_documents_not_decoded()
    {
        await FillAsync();
        var rows = await Notes.GetRowsAsync([Id(3), Id(Documents), Id(1), Id(3)], Token);
        var found = new List<StoredDocument>();
        while (rows.MoveNext()) found.Add(rows.Current.Decode());
        Assert.Equal([3, 1, 3], found.Select(d => (int)d["n"].AsInt64()));
        Assert.Equal(found[0], await Notes.GetAsync(Id(3), Token));
        Assert.Equal(3, (await Notes.GetRowAsync(Id(3), Token))!.Value.Fields.Field("n").Decode().AsInt64());
        Assert.Null(await Notes.GetRowAsync(Id(Documents), Token));
    }

    private Task<BulkResult> FillAsync()
        => Notes.UpsertManyAsync(Enumerable.Range(0, Documents).Select(i => new StoredDocument(Id(i), default, Document.Of(("n", i)))), cancellationToken: Token);

    private void HoldFirstCalls()
    {
        for (var i = 0; i < FirstCalls; i++) _cluster.Coordinator.Hang(_open.Task);
    }

    private static DocumentId Id(int number) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}"));
}
