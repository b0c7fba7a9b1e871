// A database of many documents on several silos, and what it should answer. Everything that a database does goes on at once: several
// askers page through their answers, each page on any silo; documents are rewritten or others, which nobody can see, are written;
// tables are flushed and merged; indexes are learned, pinned and banned. What is done beside the questions goes by their number (a
// question that is answered lets the next write begin), so that a slow machine does the same as a fast one.

using System.Collections.Concurrent;
using IngoDB.Abstractions;
using IngoDB.Engine.Entries;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests;
using Xunit.Sdk;

namespace Grains.Tests.Silos;

/// <summary>One story over large data. Its phases come one after the other.</summary>
internal sealed class LargeRun
{
    private const int Askers = 4, WritesAtOnce = 500, ChangesPerQuestion = 60, QuestionsPerOrder = 5, AskedMax = 5, SentMax = 10;

    private static readonly string[] s_paths = ["b", "c", "n", "a.a", "at", "boss", "to[]", "e", "c+n", "a.b+b", "d[]", "b(n)", "w~hot"];

    private readonly ulong _seed;
    private readonly IReadOnlyList<TestDatabase> _silos;
    private readonly LargeDocuments _documents;
    private readonly OracleStory _orders;
    private readonly Dictionary<string, Dictionary<DocumentId, StoredDocument>> _model = [];
    private readonly ConcurrentDictionary<string, int> _taken = new();
    private readonly Guid _session;
    private int _phases, _answered;
    private long _sequence;

    private LargeRun(ulong seed, IReadOnlyList<TestDatabase> silos)
    {
        (_seed, _silos) = (seed, [.. silos.Select(silo => silo.In($"large-{seed}"))]);
        _session = new((int)seed, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0);
        (_documents, _orders) = (new(new(seed), people: 12_000, links: 12_000, places: 300), new(seed + 1));
    }

    /// <summary>How scans were gone about, as partitions planned them.</summary>
    public IReadOnlyCollection<string> Taken => [.. _taken.Keys];

    /// <summary>All documents, in tables with some indexes.</summary>
    public static async Task<LargeRun> StartAsync(ulong seed, IReadOnlyList<TestDatabase> silos)
    {
        var run = new LargeRun(seed, silos);
        foreach (var changes in run._documents.All().Chunk(1000)) await run.WriteAsync(changes);
        await run._silos[0].AdminAsync("database.flush");
        foreach (var path in (string[])["n", "boss", "to[]"]) await run._silos[0].AdminAsync("indexes.pin", Document.Of(("collection", LargeDocuments.People), ("path", path)));
        await run._silos[0].AdminAsync("database.settle");
        return run;
    }

    /// <summary>Questions at a snapshot, while what it shows is rewritten.</summary>
    public async Task AskThenAsync(int questions)
    {
        var documents = Model();
        var at = (await _silos[0].AdminAsync("snapshot.take"))["snapshot"].AsString();
        await AskAsync(documents, at, questions, () => _documents.Next(ChangesPerQuestion));
        await _silos[0].AdminAsync("snapshot.release", Document.Of(("snapshot", at)));
    }

    /// <summary>Questions about what is there now, while others are written that are not seen.</summary>
    public Task AskNowAsync(int questions) => AskAsync(Model(), at: null, questions, () => _documents.NextGhosts(ChangesPerQuestion));

    private async Task AskAsync(ReferenceJoins documents, string? at, int questions, Func<IReadOnlyList<(string, OracleChange)>> changes)
    {
        var phase = ++_phases;
        using var stopped = new CancellationTokenSource();
        using var forWriter = new SemaphoreSlim(1);
        using var forOrders = new SemaphoreSlim(1);
        var writer = AfterEachAsync(forWriter, () => WriteAsync(changes()), stopped.Token);
        var orders = AfterEachAsync(forOrders, () => OrderAsync(at), stopped.Token);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Askers).Select(asker => Task.Run(async () =>
            {
                var story = new OracleStory((_seed * 1_000_000) + (ulong)((phase * 100) + asker));
                var next = new LargeQuestions(story, documents);
                for (var i = 0; i < questions / Askers; i++)
                {
                    var question = next.Next() with { At = at };
                    await CompareAsync(question, documents, new(story.Seed + ((ulong)i * 1000)), $"phase {phase}, asker {asker}, question {i}");
                    forWriter.Release();
                    if (Interlocked.Increment(ref _answered) % QuestionsPerOrder == 0) forOrders.Release();
                }
            })));
        }
        finally
        {
            await stopped.CancelAsync();
            await Task.WhenAll(writer, orders);
        }
    }

    private static async Task AfterEachAsync(SemaphoreSlim allowed, Func<Task> act, CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            await ((Task)allowed.WaitAsync(stopped)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stopped.IsCancellationRequested) await Task.Run(act, CancellationToken.None);
        }
    }

    /// <param name="how">Decides how the answer is paged through.</param>
    private async Task CompareAsync(Query question, ReferenceJoins documents, OracleStory how, string where)
    {
        var expected = NaiveAnswers.Of(question, documents);
        try
        {
            var answer = await AskUntilNoneIsMissingAsync(question, expected.Count, how);
            if (ExactAnswers.Difference(question, expected, answer.Documents, answer.IsBeginning) is { } difference) throw new XunitException(difference);
            if (question is ScanQuery scan) await ExplainAsync(scan with { At = null });
        }
        catch (Exception e)
        {
            throw new XunitException($"{new OracleStory(_seed).Told(question, where)} ({OracleStory.RoundsVariable} as it was)\n{e.Message}", e);
        }
    }

    /// <summary>A machine that has no time for a silo makes partitions look unreachable. An answer says so, and whoever needs all of it asks again.</summary>
    private async Task<Answer> AskUntilNoneIsMissingAsync(Query question, int resultsExpected, OracleStory how)
    {
        for (var asked = 1; ; asked++)
        {
            var answer = await FindAsync(question, resultsExpected, how);
            if (answer.Missing.Length == 0) return answer;
            if (asked == AskedMax) throw new XunitException($"asked {asked} times: {string.Join(' ', answer.Missing)}");
        }
    }

    /// <summary>An answer page by page, each on the silo of the last or on another; now and then one page is asked for twice, or nobody asks on.</summary>
    private async Task<Answer> FindAsync(Query question, int resultsExpected, OracleStory how)
    {
        var pageBytes = how.Next(3) switch { 0 => 0, 1 => 64 << 10, _ => resultsExpected > 4000 ? 1 << 20 : 4 << 10 };
        var pagesMax = how.Next(8) == 0 ? 1 + how.Next(3) : int.MaxValue;
        var silo = _silos[how.Next(_silos.Count)];
        var asked = question is TraverseQuery traverse && how.Next(6) == 0 ? traverse with { Budget = new(Documents: 100 + how.Next(1000)) } : question;
        var isGet = question is GetQuery { At: null, Select: null, Include: [] } && how.Next(2) == 0;
        var found = new List<StoredDocument>();
        for (var pages = 1; ; pages++)
        {
            var reply = isGet ? await silo.GetPageAsync(question.From, [.. ((GetQuery)question).Ids]) : await silo.PageAsync(asked, pageBytes);
            if (!isGet && how.Next(10) == 0) reply = await silo.PageAsync(asked, pageBytes);
            if (reply.MissingPartitions.Length > 0) return new(found, false, [.. reply.Warnings]);
            if (reply.Page.Length > 0) found.AddRange(DocumentPageReader.DecodeAll(reply.Page));
            if (reply.Value is { } value) found.Add(new(new("result"), DocumentVersion.None, SingleDocument.Read(value)!));
            if (reply.Cursor is not { } cursor || pages == pagesMax) return new(found, reply.Cursor is not null, []);
            asked = TestDatabase.After(asked, cursor);
            if (how.Next(4) == 0) silo = _silos[how.Next(_silos.Count)];
        }
    }

    private async Task ExplainAsync(ScanQuery question)
    {
        var plan = SingleDocument.Read((await _silos[0].PageAsync(question, explain: ExplainMode.Plan)).Value)!;
        foreach (var partition in plan["plans"].AsArray().ToArray()) _taken.AddOrUpdate(partition.AsDocument()["access"].AsString(), 1, (_, times) => times + 1);
    }

    /// <summary>Something that changes how answers are found, and none of them.</summary>
    private async Task OrderAsync(string? at)
    {
        if (at is not null) await _silos[0].AdminAsync("snapshot.renew", Document.Of(("snapshot", at)));
        var silo = _silos[_orders.Next(_silos.Count)];
        var index = _orders.Next(5) == 0
            ? Document.Of(("collection", LargeDocuments.Links), ("path", _orders.Next(2) == 0 ? "from" : "to"))
            : Document.Of(("collection", LargeDocuments.People), ("path", s_paths[_orders.Next(s_paths.Length)]));
        switch (_orders.Next(12))
        {
            case < 2: await silo.AdminAsync("database.flush"); break;
            case 2: await silo.AdminAsync("database.compact"); break;
            case < 6: await silo.AdminAsync("database.settle"); break;
            case < 10: await silo.AdminAsync("indexes.pin", index); break;
            default: await silo.AdminAsync("indexes.ban", index); break;
        }
    }

    private async Task WriteAsync(IReadOnlyList<(string Collection, OracleChange Change)> changes)
    {
        foreach (var ofCollection in changes.GroupBy(change => change.Collection, change => change.Change))
        {
            foreach (var chunk in ofCollection.Chunk(WritesAtOnce))
            {
                var page = new WritePageWriter();
                foreach (var (id, document) in chunk)
                {
                    if (document is null) page.AddDelete(id);
                    else page.Add(WriteKind.Upsert, id, document);
                }

                var reply = await _silos[1].WriteOnceAsync(ofCollection.Key, page.Finish(), _session, ++_sequence, SentMax);
                Assert.All(reply.Outcomes, outcome => Assert.True(outcome.ErrorCode is null, outcome.ErrorMessage));
                Note(ofCollection.Key, chunk, reply.Outcomes);
            }
        }
    }

    private void Note(string collection, OracleChange[] changes, IReadOnlyList<WriteOutcome> outcomes)
    {
        if (!_model.TryGetValue(collection, out var documents)) _model[collection] = documents = [];
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i].Document is { } document && !document.Contains(FieldNames.Expires)) documents[changes[i].Id] = new(changes[i].Id, new(outcomes[i].Version), document);
            else documents.Remove(changes[i].Id);
        }
    }

    private ReferenceJoins Model() => new(_model.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<StoredDocument>)[.. pair.Value.Values.OrderBy(document => document.Id)]));

    /// <param name="IsBeginning">Nobody has asked for the rest.</param>
    /// <param name="Missing">Why partitions were left out.</param>
    private sealed record Answer(List<StoredDocument> Documents, bool IsBeginning, string[] Missing);
}
