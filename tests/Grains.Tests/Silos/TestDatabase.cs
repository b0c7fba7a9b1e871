using IngoDB.Abstractions;
using IngoDB.Model;
using Orleans;

namespace Grains.Tests.Silos;

/// <summary>The least that a client is: documents in, all pages of a query out, faults as exceptions.</summary>
internal sealed class TestDatabase(IGrainFactory grains, string? name = null)
{
    private static int _collections;

    private readonly ICoordinatorGrain _coordinator = grains.GetGrain<ICoordinatorGrain>(0);

    public ICoordinatorGrain Coordinator => _coordinator;

    public IGrainFactory Grains => grains;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public TestDatabase In(string database) => new(grains, database);

    /// <summary>A name that no other test uses.</summary>
    public static string NewCollection() => $"test-{Interlocked.Increment(ref _collections)}";

    public async Task<WriteReply> WriteAsync(string collection, Action<WritePageWriter> fill, bool atomic = false)
    {
        var page = new WritePageWriter();
        fill(page);
        var reply = await _coordinator.WriteAsync(new() { Database = name, Collection = collection, Page = page.Finish(), Atomic = atomic }, Cancellation);
        FaultCodec.ThrowIfFault(reply.Fault);
        return reply;
    }

    /// <summary>A request with a name, sent until its outcome is known: a machine without time for a silo makes it look lost.</summary>
    public async Task<WriteReply> WriteOnceAsync(string collection, byte[] page, Guid session, long sequence, int sentMax)
    {
        for (var sent = 1; ; sent++)
        {
            var reply = await _coordinator.WriteAsync(new() { Database = name, Collection = collection, Page = page, Session = session, Sequence = sequence }, Cancellation);
            var isOpen = IsOpen(reply.Fault?.Code) || reply.Outcomes.Any(outcome => IsOpen(outcome.ErrorCode));
            if (isOpen && sent < sentMax) continue;
            FaultCodec.ThrowIfFault(reply.Fault);
            return reply;
        }

        static bool IsOpen(string? code) => code is "write.unknown_outcome" or "partition.unavailable" or "busy";
    }

    public async Task UpsertAsync(string collection, IEnumerable<(DocumentId Id, Document Fields)> documents)
    {
        foreach (var chunk in documents.Chunk(1000))
        {
            var reply = await WriteAsync(collection, page =>
            {
                foreach (var (id, fields) in chunk) page.Add(WriteKind.Upsert, id, fields);
            });
            Assert.All(reply.Outcomes, outcome => Assert.True(outcome.ErrorCode is null, outcome.ErrorMessage));
        }
    }

    public async Task<IReadOnlyList<StoredDocument>> GetAsync(string collection, params DocumentId[] ids)
    {
        var reply = await GetPageAsync(collection, ids);
        return reply.Page.Length == 0 ? [] : DocumentPageReader.DecodeAll(reply.Page);
    }

    public async Task<PageReply> GetPageAsync(string collection, DocumentId[] ids)
    {
        var reply = await _coordinator.GetAsync(new() { Database = name, Collection = collection, Ids = IdKeys.Write(ids) }, Cancellation);
        FaultCodec.ThrowIfFault(reply.Fault);
        return reply;
    }

    public async Task<PageReply> PageAsync(Query query, int pageBytes = 0, ExplainMode explain = ExplainMode.No)
    {
        var reply = await _coordinator.QueryAsync(new() { Database = name, Ast = LiquidBinary.Write(query), PageBytes = pageBytes, Explain = explain }, Cancellation);
        FaultCodec.ThrowIfFault(reply.Fault);
        return reply;
    }

    /// <summary>All pages, one after the other.</summary>
    public async Task<List<StoredDocument>> QueryAsync(Query query, int pageBytes = 0)
    {
        var documents = new List<StoredDocument>();
        while (true)
        {
            var reply = await PageAsync(query, pageBytes);
            if (reply.Page.Length > 0) documents.AddRange(DocumentPageReader.DecodeAll(reply.Page));
            if (reply.Cursor is not { } cursor) return documents;
            Assert.InRange(cursor.Length, 1, 512);
            query = After(query, cursor);
        }
    }

    /// <summary>The same query from where its last page ended.</summary>
    public static Query After(Query query, string? cursor) => query switch
    {
        ScanQuery scan => scan with { Cursor = cursor },
        AggregateQuery aggregate => aggregate with { Cursor = cursor },
        TraverseQuery traverse => traverse with { Cursor = cursor },
        PathQuery path => path with { Cursor = cursor },
        _ => throw new InvalidOperationException(query.GetType().Name),
    };

    public async Task<long> CountAsync(string collection, Filter? where = null, string? at = null)
    {
        var count = new AggregateQuery { From = collection, Where = where, At = at, Compute = [new("n", new(AccumulatorFunction.Count))] };
        return SingleDocument.Read((await PageAsync(count)).Value)!["n"].AsInt64();
    }

    public async Task<Document> AdminAsync(string operation, Document? argument = null)
    {
        var reply = await _coordinator.AdminAsync(new() { Database = name, Operation = operation, Argument = argument is null ? [] : SingleDocument.Write(argument) }, Cancellation);
        FaultCodec.ThrowIfFault(reply.Fault);
        return SingleDocument.Read(reply.Value)!;
    }
}
