// One engine on a simulated disk and the reference model beside it, driven by the same steps. After every step all
// that can be read must be equal: each document by id, scans with filters, sorts and limits, now and at every open
// snapshot. Steps are plain data with numbers in them, so that CsCheck can shrink a failing story.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Whole;

internal abstract record Step
{
    public sealed record Write(IReadOnlyList<(WriteKind Kind, int Key, int Seed)> Writes, bool Atomic) : Step
    {
        public override string ToString() => $"Write {(Atomic ? "all of " : "")}{string.Join(' ', Writes)}";
    }

    /// <summary>Rows, put one by one or as one batch.</summary>
    public sealed record Put(IReadOnlyList<(int Key, int Seed)> Documents, bool AsBatch) : Step
    {
        public override string ToString() => $"Put {(AsBatch ? "batch of " : "")}{string.Join(' ', Documents)}";
    }

    public sealed record Flush : Step;

    public sealed record Compact(bool Everything) : Step;

    public sealed record Reopen(int? PowerCutSeed) : Step;

    public sealed record TakeSnapshot : Step;

    public sealed record ReleaseSnapshot : Step;

    public sealed record Wait(int Milliseconds) : Step;

    public sealed record DefineIndex(int Path) : Step;

    public sealed record DropIndex(int Path) : Step;

    public sealed record BuildIndexes : Step;

    public sealed record Ask(int Seed) : Step;
}

internal sealed class EngineAgainstModel : IAsyncDisposable
{
    private const string Folder = "/db/p0";
    private const int Keys = 8;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Queue<SnapshotChecker> _snapshots = [];
    private readonly EngineOptions _options;
    private readonly DocWriter _writer = new();
    private readonly PutBatch _batch = new();
    private SimulatedFileSystem _files = new();
    private ReferenceModel _model = new();
    private StorageEngine _engine = null!;
    private CollectionId _collection;

    private EngineAgainstModel(EngineOptions options) => _options = options;

    public static async Task<EngineAgainstModel> StartAsync(EngineOptions? options = null)
    {
        var pair = new EngineAgainstModel((options ?? new()) with { BackgroundWork = false, BlockBytes = 128, ColumnRowsMin = 1, Learning = LearningMode.Off });
        await pair.OpenAsync();
        return pair;
    }

    public async Task RunAsync(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            await DoAsync(step);
            CheckEverything();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var snapshot in _snapshots) snapshot.Dispose();
        await _engine.DisposeAsync();
    }

    private async Task DoAsync(Step step)
    {
        switch (step)
        {
            case Step.Write write:
                await WriteAsync([.. write.Writes.Select(ToModel)], write.Atomic);
                break;
            case Step.Put put:
                Put([.. put.Documents.Select(d => ToModel((WriteKind.Upsert, d.Key, d.Seed)) with { IfVersion = DocumentVersion.None })], put.AsBatch);
                break;
            case Step.Flush:
                await _engine.FlushAsync();
                TablesChecker.Check(_engine, _files, Folder);
                break;
            case Step.Compact compact:
                await _engine.CompactAsync(compact.Everything);
                TablesChecker.Check(_engine, _files, Folder);
                break;
            case Step.Reopen reopen:
                await ReopenAsync(reopen.PowerCutSeed);
                break;
            case Step.TakeSnapshot:
                _snapshots.Enqueue(new(_engine, _collection));
                break;
            case Step.ReleaseSnapshot when _snapshots.TryDequeue(out var oldest):
                oldest.Dispose();
                break;
            case Step.Wait wait:
                _time.Advance(TimeSpan.FromMilliseconds(wait.Milliseconds));
                break;
            case Step.DefineIndex define:
                _engine.DefineIndex(_collection, AskedFor.Paths[define.Path], "asked for");
                break;
            case Step.DropIndex drop:
                _engine.DropIndex(_collection, AskedFor.Paths[drop.Path], "asked for");
                break;
            case Step.BuildIndexes:
                await _engine.BuildIndexesAsync();
                TablesChecker.Check(_engine, _files, Folder);
                break;
            case Step.Ask ask:
                Check(AskedFor.Request(_collection, new Random(ask.Seed)));
                break;
        }
    }

    private ReadPoint Now => new(DocumentVersion.Max, _engine.ReserveTimestamp());

    private async Task OpenAsync()
    {
        _engine = await StorageEngine.OpenAsync(Folder, _options with { Files = _files, Time = _time });
        _collection = _engine.Collection("things");
    }

    private async Task ReopenAsync(int? powerCutSeed)
    {
        foreach (var snapshot in _snapshots) snapshot.Dispose();
        _snapshots.Clear();
        if (powerCutSeed is { } seed) _files = _files.CrashClone(new Random(seed));
        await _engine.DisposeAsync();
        await OpenAsync();
    }

    private async Task WriteAsync(IReadOnlyList<ModelWrite> writes, bool atomic)
    {
        var before = Now;
        var after = _model.Clone();
        var results = await _engine.WriteAsync([.. writes.Select(w => w.ToEngine())], atomic);

        var expected = new WriteStatus[writes.Count];
        for (var i = 0; i < writes.Count; i++)
        {
            expected[i] = after.Expect(writes[i], before);
            var version = results[i].Status == WriteStatus.Refused ? _model.Newest.Next() : results[i].Version;
            if (expected[i] is WriteStatus.Inserted or WriteStatus.Replaced or WriteStatus.Upserted or WriteStatus.Deleted) after.Record(writes[i], version, before);
        }

        if (!atomic || !expected.Contains(WriteStatus.Refused)) _model = after;
        else Array.Fill(expected, WriteStatus.Refused);
        Assert.Equal(expected, results.Select(r => r.Status));
    }

    private void Put(IReadOnlyList<ModelWrite> writes, bool asBatch)
    {
        var before = Now;
        var first = DocumentVersion.None;
        _batch.Clear();
        for (var i = 0; i < writes.Count; i++)
        {
            _writer.Begin(Shape.Of(writes[i].Document!));
            foreach (var (_, value) in writes[i].Document!.Fields) _writer.Write(value);
            if (asBatch) _batch.Put(_collection, writes[i].Id, _writer);
            else _model.Record(writes[i], _engine.Put(_collection, writes[i].Id, _writer.Shape, _writer.Row), before);
        }

        if (asBatch) first = _engine.Put(_batch);
        for (var i = 0; asBatch && i < writes.Count; i++) _model.Record(writes[i], new(first.Raw + (uint)i), before);
    }

    private ModelWrite ToModel((WriteKind Kind, int Key, int Seed) write)
    {
        var random = new Random(write.Seed);
        var id = Id(write.Key);
        var present = _model.Get(_collection, id, Now)?.Version ?? DocumentVersion.None;
        var model = new ModelWrite(write.Kind, _collection, id)
        {
            Document = AskedFor.Document(random, _time.GetUtcNow()),
            Steps = write.Kind == WriteKind.Patch ? [new(PatchOperator.Set, "b", random.Next(10))] : null,
        };
        return random.Next(6) switch
        {
            0 when present != DocumentVersion.None => model with { IfVersion = present },
            1 => model with { IfVersion = new(12345) },
            _ => model,
        };
    }

    private void CheckEverything()
    {
        var now = Now;
        for (var key = 0; key < Keys; key++) Assert.Equal(_model.Get(_collection, Id(key), now), _engine.Get(_collection, Id(key)));
        CheckTogether(id => _model.Get(_collection, id, now), null);
        Check(new ScanRequest(_collection));
        Assert.Equal(_model.Scan(_collection, now).Count, _engine.Count(_collection, null));
        foreach (var snapshot in _snapshots)
        {
            snapshot.Check();
            CheckTogether(id => _model.Get(_collection, id, snapshot.Snapshot.Point), snapshot.Snapshot);
            Assert.Equal(_model.Scan(_collection, snapshot.Snapshot.Point), snapshot.Documents);
        }
    }

    /// <summary>All keys in one call, some twice, one that never was.</summary>
    private void CheckTogether(Func<DocumentId, StoredDocument?> expected, EngineSnapshot? snapshot)
    {
        DocumentId[] ids = [.. Enumerable.Range(0, 2 * Keys).Select(i => Id(i * 5 % (Keys + 1)))];
        var rows = new RowResult[ids.Length + 1];
        var found = _engine.TryGetRows(_collection, ids, rows, snapshot);
        for (var i = 0; i < ids.Length; i++)
        {
            var document = rows[i].Shape is { } shape ? new StoredDocument(ids[i], rows[i].Version, new RowReader(shape, rows[i].Row.Span).Decode()) : null;
            Assert.Equal(expected(ids[i]), document);
        }

        Assert.Equal(rows.Count(r => r.Found), found);
    }

    private void Check(ScanRequest request)
    {
        IndexAgreesWithPrimaryChecker.CheckOne(_engine, request, _model.Scan(_collection, Now), null);
        foreach (var snapshot in _snapshots) IndexAgreesWithPrimaryChecker.CheckOne(_engine, request, snapshot.Documents, snapshot.Snapshot);
    }

    private static DocumentId Id(int key) => key % 2 == 0 ? new($"k{key}") : new(new Guid(key, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}
