// A cluster in memory with one partition and no disk: it does what semantics.md says, in the plainest way, and what
// a test tells it besides (answer the next calls with a fault, hang, miss partitions). It remembers every request,
// so that a test can say what went over the wire.

using System.Buffers;
using System.Globalization;
using IngoDB.Abstractions;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Fakes;

internal sealed class FakeCoordinator : ICoordinatorGrain
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FakeCollection> _collections = [];
    private readonly Dictionary<string, Dictionary<string, FakeCollection>> _snapshots = [];
    private readonly Queue<Func<CancellationToken, Task>> _trouble = new();
    private readonly Dictionary<(Guid, long), WriteReply> _answered = [];
    private int _lostReplies;
    private ulong _version = 1_000_000;

    /// <summary>Who it says it is; null: it does not answer.</summary>
    public string? Silo { get; set; } = "127.0.0.1:11111@1";

    /// <summary>What it answers instead.</summary>
    public Exception? WhoFails { get; set; }

    public ValueTask<string> WhoAsync() => WhoFails is { } error ? ValueTask.FromException<string>(error) : Silo is { } silo ? new(silo) : new(new TaskCompletionSource<string>().Task);

    public List<WriteRequest> Writes { get; } = [];

    public List<ChangeRequest> Changes { get; } = [];

    public List<GetRequest> Gets { get; } = [];

    public List<QueryRequest> Queries { get; } = [];

    public List<AdminRequest> Admin { get; } = [];

    /// <summary>Documents of a page; a test that wants paging makes it small.</summary>
    public int PageDocuments { get; set; } = 1_000;

    public int[] MissingPartitions { get; set; } = [];

    /// <summary>The same for gets, by what they ask for.</summary>
    public Func<IEnumerable<DocumentId>, int[]>? MissingPartitionsOf { get; set; }

    public string? StoppedBy { get; set; }

    /// <summary>Runs when a query arrives, before it is answered.</summary>
    public Action<QueryRequest>? OnQuery { get; set; }

    /// <summary>Gives single writes of a page another outcome; null leaves it.</summary>
    public Func<DocumentId, WriteOutcome?>? OnWrite { get; set; }

    /// <summary>The next call fails like this.</summary>
    public void Throw(Exception error) => _trouble.Enqueue(_ => Task.FromException(error));

    /// <summary>The next call is answered only after <paramref name="until"/>, or when it is cancelled.</summary>
    public void Hang(Task until) => _trouble.Enqueue(until.WaitAsync);

    public IReadOnlyList<StoredDocument> DocumentsOf(string collection)
    {
        lock (_lock) return [.. CollectionOf(collection).All];
    }

    /// <summary>The next write happens, and its reply is lost.</summary>
    public void LoseReply() => _trouble.Enqueue(_ =>
    {
        Interlocked.Increment(ref _lostReplies);
        return Task.CompletedTask;
    });

    public async ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Writes.Add(request);
        if (await TroubleAsync(cancellationToken) is { } fault) return new() { Outcomes = [], Fault = fault };
        var reply = Apply(request);
        return Interlocked.Exchange(ref _lostReplies, 0) > 0 ? throw new TimeoutException("lost") : reply;
    }

    public async ValueTask<ValueReply> ChangeAsync(ChangeRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Changes.Add(request);
        if (await TroubleAsync(cancellationToken) is { } fault) return new() { Fault = fault };
        return new() { Value = SingleDocument.Write(Document.Of(("matched", 3), ("modified", 1), ("conflicts", 1), ("refused", 1), ("errorCode", "patch.not_a_number"), ("errorMessage", "no"))) };
    }

    private WriteReply Apply(WriteRequest request)
    {
        lock (_lock)
        {
            if (_answered.TryGetValue((request.Session, request.Sequence), out var known)) return known;
            var page = new WritePageReader(request.Page);
            var outcomes = new List<WriteOutcome>();
            while (page.MoveNext())
            {
                var id = DocumentId.ReadKey(page.IdKey);
                outcomes.Add(OnWrite?.Invoke(id) ?? CollectionOf(request.Collection).Apply(page, id, new(++_version)));
            }

            return _answered[(request.Session, request.Sequence)] = new() { Outcomes = [.. outcomes] };
        }
    }

    public async ValueTask<PageReply> GetAsync(GetRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Gets.Add(request);
        if (await TroubleAsync(cancellationToken) is { } fault) return new() { Fault = fault };
        lock (_lock)
        {
            var collection = request.Snapshot == 0 ? CollectionOf(request.Collection) : CollectionAt(request.Snapshot.ToString(CultureInfo.InvariantCulture), request.Collection);
            return new() { Page = PageOf(IdsOf(request.Ids).Select(collection.Find).OfType<StoredDocument>()), MissingPartitions = MissingPartitionsOf?.Invoke(IdsOf(request.Ids)) ?? MissingPartitions };
        }
    }

    public async ValueTask<PageReply> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Queries.Add(request);
        OnQuery?.Invoke(request);
        if (await TroubleAsync(cancellationToken) is { } fault) return new() { Fault = fault };
        lock (_lock)
        {
            var query = (Query)LiquidBinary.Read(request.Ast);
            if (request.Explain != ExplainMode.No) return new() { Value = PageOf(Document.Of(("access", "primary scan"), ("measured", request.Explain == ExplainMode.Execute))) };
            var collection = query.At is { } token ? CollectionAt(token, query.From) : CollectionOf(query.From);
            return query switch
            {
                ScanQuery scan => Scan(scan, collection),
                AggregateQuery count => new() { Value = PageOf(Document.Of((count.Compute[0].Key, collection.All.LongCount(document => FilterEvaluator.Matches(count.Where, document))))) },
                GetQuery get => new() { Page = PageOf(get.Ids.Select(collection.Find).OfType<StoredDocument>()) },
                _ => new() { Fault = FaultCodec.From(new InvalidRequestException("not.yet", "The fake does not walk.")) },
            };
        }
    }

    public async ValueTask<ValueReply> AdminAsync(AdminRequest request, CancellationToken cancellationToken)
    {
        lock (_lock) Admin.Add(request);
        if (await TroubleAsync(cancellationToken) is { } fault) return new() { Fault = fault };
        lock (_lock)
        {
            switch (request.Operation)
            {
                case "snapshot.take":
                    var token = (++_version).ToString(CultureInfo.InvariantCulture);
                    _snapshots[token] = _collections.ToDictionary(pair => pair.Key, pair => pair.Value.Copy());
                    return new() { Value = PageOf(Document.Of(("snapshot", token))) };
                case "cluster.status":
                    return new() { Value = PageOf(Document.Of(("silos", 1))) };
                case "indexes.list":
                    return new() { Value = PageOf(Document.Of(("indexes", Value.From(Value.From(Document.Of(("collection", "movies"), ("path", "year"), ("state", "ready"))))))) };
                case "learning.log":
                    return new() { Value = PageOf(Document.Of(("decisions", Value.From(Value.From(Document.Of(("act", "build"), ("path", "year"))))))) };
                case "learning.export":
                    return new() { Value = PageOf(Document.Of(("design", "{ }"))) };
                default:
                    return new();
            }
        }
    }

    private PageReply Scan(ScanQuery scan, FakeCollection collection)
    {
        var matching = collection.All.Where(document => FilterEvaluator.Matches(scan.Where, document)).Order(new ScanOrder(scan.Sort)).Skip(scan.Skip);
        if (scan.Limit is { } limit) matching = matching.Take(limit);
        var from = scan.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : 0;
        var rest = matching.Skip(from).ToList();
        return new()
        {
            Page = PageOf(rest.Take(PageDocuments)),
            Cursor = rest.Count > PageDocuments ? (from + PageDocuments).ToString(CultureInfo.InvariantCulture) : null,
            DocumentsExamined = collection.All.Count(),
            MissingPartitions = MissingPartitions,
            StoppedBy = StoppedBy,
            Snapshot = _version,
        };
    }

    private async Task<Fault?> TroubleAsync(CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task>? trouble;
        lock (_lock) _trouble.TryDequeue(out trouble);
        if (trouble is null) return null;
        try
        {
            await trouble(cancellationToken);
            return null;
        }
        catch (IngoDBException error)
        {
            return FaultCodec.From(error);
        }
    }

    private FakeCollection CollectionOf(string name) => _collections.TryGetValue(name, out var found) ? found : _collections[name] = new();

    private FakeCollection CollectionAt(string token, string name) => _snapshots[token].GetValueOrDefault(name) ?? new();

    private static IEnumerable<DocumentId> IdsOf(byte[] keys)
    {
        for (var at = 0; at < keys.Length;)
        {
            int length = keys[at++];
            if (length >= 0x80) length = (length & 0x7F) | (keys[at++] << 7);
            yield return DocumentId.ReadKey(keys.AsSpan(at, length));
            at += length;
        }
    }

    private static byte[] PageOf(Document document) => PageOf([new StoredDocument(new("value"), DocumentVersion.None, document)]);

    private static byte[] PageOf(IEnumerable<StoredDocument> documents)
    {
        var page = new DocumentPageWriter();
        var key = new byte[DocumentId.KeyBytesMax];
        foreach (var document in documents)
        {
            var row = new ArrayBufferWriter<byte>();
            RowWriter.Write(document.Fields, row);
            page.Add(key.AsSpan(0, document.Id.WriteKey(key)), document.Version, Shape.Of(document.Fields), row.WrittenSpan);
        }

        return page.Finish();
    }
}
