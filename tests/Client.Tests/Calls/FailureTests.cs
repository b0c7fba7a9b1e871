using IngoDB.Client.Collections;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Calls;

/// <summary>Faults arrive as the exceptions they were; reads are tried again, writes under their number, and no call outlives its deadline.</summary>
public sealed class FailureTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DocumentCollection Notes => _cluster.Database.Collection("notes");

    public static TheoryData<IngoDBException> Faults => new()
    {
        new InvalidRequestException("query.unknown_operator", "'equals' is not an operator.", "/where/op", "eq", """{"op":"eq"}"""),
        new ConflictException("document.exists", "it exists"),
        new SnapshotTooOldException("gone"),
        new CorruptionException("t12.sst", 4096, "checksum"),
        new StorageException("storage.disk_full", "full"),
        new UnsupportedFormatException("MANIFEST", 9, 2),
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public async Task A_fault_arrives_as_the_exception_it_was(IngoDBException thrown)
    {
        _cluster.Coordinator.Throw(thrown);
        var caught = await Assert.ThrowsAnyAsync<IngoDBException>(() => Notes.Query().ToListAsync(Token));
        Assert.Equal((thrown.GetType(), thrown.Code, thrown.Message), (caught.GetType(), caught.Code, caught.Message));
        if (thrown is InvalidRequestException { Pointer: var pointer }) Assert.Equal(pointer, ((InvalidRequestException)caught).Pointer);
    }

    [Fact]
    public async Task A_read_is_tried_again_after_a_passing_failure()
    {
        _cluster.Coordinator.Throw(new UnavailableException("partition.unavailable", "moving"));
        _cluster.Coordinator.Throw(new TimeoutException("lost"));
        Assert.Empty(await Notes.Query().ToListAsync(Token));
        Assert.Equal(3, _cluster.Coordinator.Queries.Count);
    }

    [Fact]
    public async Task A_read_gives_up_after_its_retries()
    {
        for (var i = 0; i < 4; i++) _cluster.Coordinator.Throw(new UnavailableException("partition.unavailable", $"failure {i}"));
        var error = await Assert.ThrowsAsync<UnavailableException>(() => Notes.Query().ToListAsync(Token));
        Assert.Equal("failure 3", error.Message);
    }

    [Fact]
    public async Task A_write_whose_reply_is_lost_is_sent_again_under_its_number_and_happens_once()
    {
        _cluster.Coordinator.LoseReply();
        _cluster.Coordinator.LoseReply();
        Assert.Equal(WriteStatus.Inserted, (await Notes.InsertAsync(Document.Empty, cancellationToken: Token)).Status);
        Assert.Equal(3, _cluster.Coordinator.Writes.Count);
        Assert.Single(_cluster.Coordinator.Writes.Select(w => (w.Session, w.Sequence)).Distinct());
        Assert.Single(_cluster.Coordinator.DocumentsOf("notes"));
    }

    [Fact]
    public async Task A_write_that_could_not_be_sent_is_tried_a_few_times_and_then_that_is_said()
    {
        for (var i = 0; i < 4; i++) _cluster.Coordinator.Throw(new UnavailableException("partition.unavailable", $"failure {i}"));
        var error = await Assert.ThrowsAsync<UnavailableException>(() => Notes.InsertAsync(Document.Empty, cancellationToken: Token));
        Assert.Equal(("failure 3", 4), (error.Message, _cluster.Coordinator.Writes.Count));
    }

    [Fact]
    public async Task What_may_have_happened_stays_so_until_somebody_says_otherwise()
    {
        _cluster.Coordinator.LoseReply();
        for (var i = 0; i < 6; i++) _cluster.Coordinator.Throw(new UnavailableException("partition.unavailable", "down"));
        // The first copy was applied; while nobody can be asked, the client goes on asking, and is told in the end.
        Assert.Equal(WriteStatus.Inserted, (await Notes.InsertAsync(Document.Empty, cancellationToken: Token)).Status);
        Assert.Single(_cluster.Coordinator.DocumentsOf("notes"));
    }

    [Fact]
    public async Task A_write_by_filter_brings_its_counts_and_is_sent_again_under_its_number()
    {
        _cluster.Coordinator.Throw(new TimeoutException("lost"));
        var result = await Notes.UpdateWhereAsync(Filter.Eq("a", 1), new Patch().Inc("n", 1), expected: 3, cancellationToken: Token);
        Assert.Equal(new WhereResult(3, 1, 1, 1, "patch.not_a_number", "no"), result);
        Assert.Equal(2, _cluster.Coordinator.Changes.Count);
        Assert.Single(_cluster.Coordinator.Changes.Select(c => (c.Session, c.Sequence)).Distinct());
        Assert.Equal(3, Assert.IsType<UpdateWhereWrite>(LiquidBinary.Read(_cluster.Coordinator.Changes[0].Ast)).Expected);
        Assert.Equal("query.conflicting_keys", (await Assert.ThrowsAsync<InvalidRequestException>(() => Notes.DeleteWhereAsync(Filter.Eq("a", 1), options: new() { IfVersion = new(1) }, cancellationToken: Token))).Code);
    }

    [Fact]
    public async Task A_busy_database_wrote_nothing_so_the_write_is_sent_again()
    {
        _cluster.Coordinator.Throw(new BusyException("later", TimeSpan.Zero));
        Assert.Equal(WriteStatus.Inserted, (await Notes.InsertAsync(Document.Empty, cancellationToken: Token)).Status);
    }

    [Fact]
    public async Task The_deadline_is_the_clients_own()
    {
        var never = new TaskCompletionSource();
        _cluster.Coordinator.Hang(never.Task);
        var read = Notes.Query().ToListAsync(Token);
        _cluster.Time.Advance(TimeSpan.FromSeconds(26));
        Assert.Equal("cluster.unavailable", (await Assert.ThrowsAsync<UnavailableException>(() => read)).Code);

        for (var copy = 0; copy < 8; copy++) _cluster.Coordinator.Hang(never.Task);
        var write = Notes.InsertAsync(Document.Empty, cancellationToken: Token);
        while (!write.IsCompleted)
        {
            _cluster.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => write);
    }

    [Fact]
    public async Task Cancelling_ends_a_call_at_once_and_is_no_failure_of_the_cluster()
    {
        using var cancel = new CancellationTokenSource();
        _cluster.Coordinator.Hang(new TaskCompletionSource().Task);
        var read = Notes.Query().ToListAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task Single_writes_throw_what_a_bulk_reports()
    {
        var id = new DocumentId("a");
        await Notes.InsertAsync(Document.Empty, id, cancellationToken: Token);
        Assert.Equal("document.exists", (await Assert.ThrowsAsync<ConflictException>(() => Notes.InsertAsync(Document.Empty, id, cancellationToken: Token))).Code);
        Assert.Equal("document.missing", (await Assert.ThrowsAsync<ConflictException>(() => Notes.ReplaceAsync(Document.Empty, new DocumentId("b"), cancellationToken: Token))).Code);
        Assert.Equal("document.conflict", (await Assert.ThrowsAsync<ConflictException>(() => Notes.PatchAsync(id, new Patch().Set("x", 1), new() { IfVersion = new(1) }, Token))).Code);
        Assert.Equal(WriteStatus.NotFound, (await Notes.DeleteAsync(new DocumentId("b"), cancellationToken: Token)).Status);
    }

    [Fact]
    public void Options_that_make_no_sense_are_all_named_at_once()
    {
        var error = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => new FakeCluster(options => (options.ReadTimeout, options.BulkParallelism) = (TimeSpan.Zero, 0)));
        Assert.Equal(2, error.Failures.Count());
    }
}
