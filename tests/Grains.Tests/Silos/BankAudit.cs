// A bank: accounts over all partitions, and people who move money between two of them in one atomic batch, on condition that both are as
// they read them. Whatever happens, at every moment the accounts add up to what was there in the beginning; an auditor looks, again and
// again, by scans, by sums and by traversals at one point in time. If half a batch can be seen, he sees it.

using IngoDB.Abstractions;
using IngoDB.Model;
using Orleans;

namespace Grains.Tests.Silos;

/// <summary>Writers and auditors over one collection.</summary>
internal sealed class BankAudit(IReadOnlyList<TestDatabase> databases, string collection, int accounts, int seed)
{
    public const int Opening = 1000;

    public int Transfers;

    public int Conflicts;

    public int Audits;

    /// <summary>Outcomes that nobody knows: a silo died. They count as neither.</summary>
    public int Unknown;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task OpenAsync()
    {
        var page = new WritePageWriter();
        for (var i = 0; i < accounts; i++) page.Add(WriteKind.Upsert, IdOf(i), Document.Of(("balance", Opening), ("moves", 0)));
        var reply = await databases[0].WriteOnceAsync(collection, page.Finish(), SessionOf(0), sequence: 1, sentMax: 50);
        Assert.All(reply.Outcomes, outcome => Assert.Null(outcome.ErrorCode));
    }

    /// <summary>So many writers and auditors, until enough was transferred. One that fails ends all of them.</summary>
    public async Task RunAsync(int writers, int auditors, int transfers, Func<Task>? meanwhile = null)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        bool IsOver() => over.IsCancellationRequested || Transfers >= transfers;
        async Task EndAllIfFailed(Task task)
        {
            try
            {
                await task;
            }
            catch
            {
                await over.CancelAsync();
                throw;
            }
        }

        List<Task> all = [.. Enumerable.Range(1, writers).Select(writer => EndAllIfFailed(TransferAsync(writer, IsOver))), .. Enumerable.Range(0, auditors).Select(auditor => EndAllIfFailed(AuditAsync(auditor, IsOver)))];
        if (meanwhile is not null) all.Add(EndAllIfFailed(meanwhile()));
        await Task.WhenAll(all);
        Assert.True(Transfers >= transfers, $"{Transfers} transfers in a minute, {Conflicts} conflicts, {Unknown} without an outcome, {Audits} audits");
    }

    /// <summary>So many more transfers than now.</summary>
    public async Task WhenMoreAsync(int transfers)
    {
        var before = Transfers;
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 3000 && Transfers < before + transfers; i++) await looks.WaitForNextTickAsync(Cancellation);
    }

    private async Task TransferAsync(int writer, Func<bool> isOver)
    {
        var (random, session) = (new Random(seed + writer), SessionOf(writer));
        for (var sequence = 1L; !isOver(); sequence++)
        {
            var database = databases[random.Next(databases.Count)];
            var (from, to) = (random.Next(accounts), random.Next(accounts));
            if (from == to) continue;
            try
            {
                var read = await database.GetAsync(collection, IdOf(from), IdOf(to));
                if (read.Count < 2) continue; // a partition is away
                var amount = random.Next(1, 50);
                var page = new WritePageWriter();
                page.Add(WriteKind.Replace, IdOf(from), Moved(read[0], -amount), read[0].Version);
                page.Add(WriteKind.Replace, IdOf(to), Moved(read[1], amount), read[1].Version);
                await WriteOnceAsync(database, page.Finish(), session, sequence);
            }
            catch (IngoDBException e) when (e.IsTransient)
            {
                // A silo is away: the next one may be there.
                Interlocked.Increment(ref Unknown);
            }
        }
    }

    private async Task AuditAsync(int auditor, Func<bool> isOver)
    {
        for (var round = auditor; !isOver(); round++)
        {
            try
            {
                await AuditAsync(databases[round % databases.Count], round);
                Interlocked.Increment(ref Audits);
            }
            catch (IngoDBException e) when (e.IsTransient)
            {
                // A silo is away.
            }
        }
    }

    /// <summary>At one point in time: every account, and all the money. A part of the answer that is missing says nothing.</summary>
    public async Task AuditAsync(TestDatabase database, int round)
    {
        if (round % 2 == 0)
        {
            if (await AllAsync(database, new AggregateQuery { From = collection, Compute = [new("sum", new(AccumulatorFunction.Sum, "balance")), new("count", new(AccumulatorFunction.Count))] }) is not [var all]) return;
            Assert.Equal((accounts * (long)Opening, (long)accounts), (all["sum"].AsInt64(), all["count"].AsInt64()));
        }
        else if (await AllAsync(database, new ScanQuery { From = collection }) is { } found)
        {
            Assert.Equal(accounts, found.Count);
            Assert.Equal(accounts * (long)Opening, found.Sum(account => account["balance"].AsInt64()));
        }
    }

    private static async Task<List<StoredDocument>?> AllAsync(TestDatabase database, Query query)
    {
        var documents = new List<StoredDocument>();
        for (string? cursor = ""; cursor is not null;)
        {
            var reply = await database.PageAsync(query);
            if (reply.MissingPartitions.Length > 0) return null;
            if (reply.Page.Length > 0) documents.AddRange(DocumentPageReader.DecodeAll(reply.Page));
            cursor = reply.Cursor;
            query = query switch { ScanQuery scan => scan with { Cursor = cursor }, AggregateQuery aggregate => aggregate with { Cursor = cursor }, _ => query };
        }

        return documents;
    }

    private static Document Moved(StoredDocument account, int amount) => Document.Of(("balance", account["balance"].AsInt64() + amount), ("moves", account["moves"].AsInt64() + 1));

    private async Task WriteOnceAsync(TestDatabase database, byte[] page, Guid session, long sequence)
    {
        using var pauses = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var attempt = 0; ; attempt++)
        {
            var reply = await database.Coordinator.WriteAsync(new() { Collection = collection, Page = page, Atomic = true, Session = session, Sequence = sequence }, Cancellation);
            if (reply.Fault is { } fault)
            {
                if (attempt < 20 && FaultCodec.ToException(fault) is IngoDBException { IsTransient: true })
                {
                    await pauses.WaitForNextTickAsync(Cancellation); // as a client does
                    continue;
                }

                FaultCodec.ThrowIfFault(fault);
            }

            // All or nothing, and what there is has one version.
            var refused = reply.Outcomes.Count(outcome => outcome.Status == (byte)WriteStatus.Refused);
            Assert.True(refused is 0 or 2, "half a batch was answered");
            if (refused == 0) Assert.Equal(reply.Outcomes[0].Version, reply.Outcomes[1].Version);
            Interlocked.Increment(ref refused == 0 ? ref Transfers : ref Conflicts);
            return;
        }
    }

    private Guid SessionOf(int writer) => new(seed, (short)writer, 7, 1, 2, 3, 4, 5, 6, 0, 0);

    private static DocumentId IdOf(int account) => new($"account-{account:D3}");
}
