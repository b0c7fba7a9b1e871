// A whole engine on a disk that can fail: a random life of writes, flushes, compactions, index builds and restarts,
// with every outcome entered in the ledger. One seed is one life; nothing runs in the background, so the same
// seed meets the same operations and a crash point can be met again.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Crash;

internal sealed class EngineLife : IAsyncDisposable
{
    private const string Folder = "/data/p0";
    private const int Ids = 40;
    private static readonly Shape Fields = Shape.Of("value", "group", "padding");
    private readonly DocWriter _writer = new();
    private readonly PutBatch _batch = new();
    private readonly Random _random;
    private readonly Durability _durability;
    private readonly FakeTimeProvider _time;
    private StorageEngine? _engine;
    private CollectionId _collection;
    private long _nextValue = 1;

    public EngineLife(int seed, SimulatedFileSystem files, Durability durability = Durability.Durable, DurabilityChecker? ledger = null)
    {
        (_random, Files, _durability, Ledger) = (new Random(seed), files, durability, ledger ?? new());
        _nextValue = 1 + (seed * 100_000L);
        _time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
    }

    public SimulatedFileSystem Files { get; }

    public DurabilityChecker Ledger { get; }

    public bool IsOpen { get; private set; }

    public async Task OpenAsync()
    {
        _engine = await StorageEngine.OpenAsync(Folder, new EngineOptions
        {
            Files = Files,
            Time = _time,
            Seed = 1,
            Durability = _durability,
            BackgroundWork = false,
            MemtableBytes = 8 * 1024,
            TableBytesMax = 16 * 1024,
            BlockBytes = 1024,
            BlockCacheBytes = 256 * 1024,
            LogSegmentBytesMin = 4 * 1024,
            LogSegmentBytesMax = 16 * 1024,
            Learning = LearningMode.Off,
        });
        IsOpen = true;
        _collection = _engine.Collection("things");
    }

    /// <summary>One step of the life. What it throws is for the caller; the ledger knows already.</summary>
    public async Task StepAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        switch (_random.Next(40))
        {
            case 0 or 1:
                await _engine!.FlushAsync();
                break;
            case 2:
                await _engine!.CompactAsync(everything: _random.Next(4) == 0);
                break;
            case 3:
                _engine!.DefineIndex(_collection, "group", "test");
                await _engine.BuildIndexesAsync();
                break;
            case 4:
                _engine!.DropIndex(_collection, "group", "test");
                break;
            case 5:
                IsOpen = false;
                await _engine!.DisposeAsync();
                await OpenAsync();
                break;
            case < 12:
                await WriteAsync(Enumerable.Range(0, _random.Next(2, 6)).Select(_ => NextChange()).DistinctBy(c => c.Id).ToArray(), atomic: _random.Next(2) == 0);
                break;
            case < 20:
                PutRows(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => NextPut()).DistinctBy(c => c.Id).ToArray());
                break;
            default:
                await WriteAsync([NextChange()], atomic: false);
                break;
        }
    }

    /// <summary>Everything the engine has, by scan; gets and the index must say the same.</summary>
    public Dictionary<string, long> ReadAll()
    {
        using var all = _engine!.Scan(new ScanRequest(_collection));
        var documents = all.ToList();
        var found = documents.ToDictionary(d => d.Id.Text, d => d["value"].AsInt64());
        for (var i = 0; i < Ids; i++)
        {
            var got = _engine.Get(_collection, new DocumentId($"id-{i}"));
            Assert.Equal(found.TryGetValue($"id-{i}", out var value) ? value : null, got?["value"].AsInt64());
        }

        IndexAgreesWithPrimaryChecker.Check(_engine, _collection, "group");
        return found;
    }

    /// <summary>Of an engine that was just opened: the manifest tells the truth about every file.</summary>
    public void CheckTables() => TablesChecker.Check(_engine!, Files, Folder);

    public async ValueTask DisposeAsync()
    {
        if (!IsOpen) return;
        try
        {
            await _engine!.DisposeAsync();
        }
        catch (Exception e) when (Files.HasCrashed || e is IngoDBException)
        {
            // The disk is gone, or failed before: closing can not tell more than the ledger knows.
        }
    }

    private LedgerChange NextChange() => new($"id-{_random.Next(Ids)}", _random.Next(5) == 0 ? null : _nextValue++);

    private async Task WriteAsync(LedgerChange[] changes, bool atomic)
    {
        try
        {
            await _engine!.WriteAsync([.. changes.Select(ToWrite)], atomic);
            Ledger.Acknowledge(changes);
        }
        catch (Exception e) when (e is UnknownOutcomeException or SimulatedCrashException)
        {
            Ledger.Unknown(changes, atomic);
            throw;
        }
    }

    private LedgerChange NextPut() => new($"id-{_random.Next(Ids)}", _nextValue++);

    /// <summary>One as a row, several as a batch of rows.</summary>
    private void PutRows(LedgerChange[] changes)
    {
        try
        {
            _batch.Clear();
            foreach (var change in changes)
            {
                var value = change.Value!.Value;
                _writer.Begin(Fields).Write(value).Write(value % 3).Write(new string('p', (int)(value * 37 % 400)));
                _batch.Put(_collection, change.Id, _writer);
            }

            if (changes.Length > 1) _engine!.Put(_batch);
            else _engine!.Put(_collection, changes[0].Id, Fields, _writer.Row);
            Ledger.Acknowledge(changes);
        }
        catch (Exception e) when (e is UnknownOutcomeException or SimulatedCrashException)
        {
            Ledger.Unknown(changes);
            throw;
        }
    }

    private EngineWrite ToWrite(LedgerChange change) => change.Value is { } value
        ? EngineWrite.Upsert(_collection, new DocumentId(change.Id), Document.Of(("value", value), ("group", value % 3), ("padding", new string('p', (int)(value * 37 % 400)))))
        : EngineWrite.Delete(_collection, new DocumentId(change.Id));
}
