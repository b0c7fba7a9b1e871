// The interpreter of the scripts in Scripts/mvcc: one engine on a simulated disk, one collection, a clock that stands
// still. Versions are shown as v1, v2, ... in the order in which they were given.
//
//   put a x=1 [expires=10]   insert | replace | ifmissing a x=1     delete a     patch a x=2     ifversion=v3 on any of them
//   batch 'put a x=1' 'delete b'     all or none
//   get a [at=s]    scan [at=s] [min=2] [sort=-x] [limit=3]    count [at=s]
//   snapshot s    release s    wait 10
//   flush    compact    merge      (all tables into one)    tables    entries (what lies in tables, dead or alive)
//   reopen   crash

using IngoDB.Engine;
using System.Globalization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.Tests.Compaction;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Scripts;

/// <summary>An engine that is told a story.</summary>
internal sealed class EngineStory : IAsyncDisposable
{
    private const string Folder = "/db";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<string, EngineSnapshot> _snapshots = [];
    private readonly List<DocumentVersion> _versions = [];
    private SimulatedFileSystem _files = new();
    private StorageEngine _engine = null!;
    private CollectionId _collection;

    public static async Task<EngineStory> BeginAsync()
    {
        var story = new EngineStory();
        await story.OpenAsync();
        return story;
    }

    public async Task<string> RunAsync(ScriptCommand command)
    {
        switch (command.Name)
        {
            case "put" or "insert" or "replace" or "ifmissing" or "delete" or "patch": return await WriteAsync([command], atomic: false);
            case "batch": return await WriteAsync([.. command.Arguments.Select(ScriptCommand.Parse)], atomic: true);
            case "get": return _engine.Get(_collection, new(command[0]), Snapshot(command)) is { } found ? Show(found) : $"{command[0]} is not there";
            case "scan": return Scan(command);
            case "count": return _engine.Count(_collection, Where(command), Snapshot(command)).ToString(CultureInfo.InvariantCulture);
            case "snapshot": _snapshots[command[0]] = _engine.TakeSnapshot(); return "";
            case "release": _snapshots[command[0]].Dispose(); return "";
            case "wait": _time.Advance(TimeSpan.FromMilliseconds(int.Parse(command[0], CultureInfo.InvariantCulture))); return "";
            case "flush": await _engine.FlushAsync(); return "";
            case "compact": await _engine.CompactAsync(); return "";
            case "merge": await _engine.CompactAsync(everything: true); return "";
            case "tables": return string.Join('\n', _engine.State.Tables.Select(t => $"{t.Info.EntryCount} entries, {Show(t.Info.OldestVersion)}..{Show(t.Info.NewestVersion)}").DefaultIfEmpty("none"));
            case "entries": return string.Join('\n', _engine.State.Tables.SelectMany(LsmOnDisk.Entries).OrderBy(e => e, Comparer<TestEntry>.Create(TestEntry.Order)).Select(Show).DefaultIfEmpty("none"));
            case "reopen": return await ReopenAsync(crash: false);
            case "crash": return await ReopenAsync(crash: true);
            default: throw new FormatException($"unknown command '{command.Name}'");
        }
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task OpenAsync()
    {
        _engine = await StorageEngine.OpenAsync(Folder, new() { Files = _files, Time = _time, BackgroundWork = false, Learning = LearningMode.Off });
        _collection = _engine.Collection("story");
    }

    private async Task<string> ReopenAsync(bool crash)
    {
        if (crash) _files = _files.CrashClone(new Random(1));
        await _engine.DisposeAsync();
        await OpenAsync();
        return "";
    }

    private async Task<string> WriteAsync(IReadOnlyList<ScriptCommand> commands, bool atomic)
    {
        var results = await _engine.WriteAsync([.. commands.Select(Write)], atomic);
        return string.Join('\n', results.Select(r => r.Status switch
        {
            WriteStatus.Refused => $"{r.Id} refused: {r.ErrorCode}",
            WriteStatus.NotFound => $"{r.Id} not found",
            _ => $"{r.Id} {r.Status.ToString().ToLowerInvariant()} {Show(r.Version)}",
        }));
    }

    private EngineWrite Write(ScriptCommand command)
    {
        var id = new DocumentId(command[0]);
        var version = command.Option("ifversion") is { } name ? _versions[int.Parse(name[1..], CultureInfo.InvariantCulture) - 1] : DocumentVersion.None;
        var fields = command.Options.Where(o => o.Key is not ("ifversion" or "expires")).ToList();
        if (command.Name == "delete") return EngineWrite.Delete(_collection, id) with { IfVersion = version };
        if (command.Name == "patch") return new(WriteKind.Patch, _collection, id) { IfVersion = version, Steps = [.. fields.Select(f => new PatchStep(PatchOperator.Set, f.Key, Parse(f.Value)))] };

        var document = new DocumentBuilder();
        foreach (var field in fields) document.Add(field.Key, Parse(field.Value));
        if (command.Option("expires") is not null) document.Add(FieldNames.Expires, _time.GetUtcNow().AddMilliseconds(command.Number("expires", 0)));
        var kind = command.Name switch { "insert" => WriteKind.Insert, "replace" => WriteKind.Replace, "ifmissing" => WriteKind.UpsertIfMissing, _ => WriteKind.Upsert };
        return EngineWrite.Of(kind, _collection, id, document.Build()) with { IfVersion = version };
    }

    private string Scan(ScriptCommand command)
    {
        var request = new ScanRequest(_collection)
        {
            Where = Where(command),
            Sort = command.Option("sort") is { } sort ? [new(sort.TrimStart('-'), sort[0] == '-')] : [],
            Limit = command.Option("limit") is { } limit ? int.Parse(limit, CultureInfo.InvariantCulture) : null,
        };
        using var stream = _engine.Scan(request, Snapshot(command));
        return string.Join('\n', stream.ToList().Select(Show).DefaultIfEmpty("nothing"));
    }

    private static Filter? Where(ScriptCommand command) => command.Option("min") is { } min ? Filter.Gte("x", Parse(min)) : null;

    private EngineSnapshot? Snapshot(ScriptCommand command) => command.Option("at") is { } name ? _snapshots[name] : null;

    private static Value Parse(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : text;

    private string Show(StoredDocument document) => $"{document.Id}@{Show(document.Version)} {document.Fields.Without(FieldNames.Expires)}";

    private string Show(TestEntry entry) => $"{EntryKey.IdOf(entry.Key)}@{Show(entry.Version)} {entry.Kind.ToString().ToLowerInvariant()}{(entry.ExpiresAt == DocumentVersion.None ? "" : " expires")}";

    private string Show(DocumentVersion version)
    {
        if (!_versions.Contains(version)) _versions.Add(version);
        return $"v{_versions.IndexOf(version) + 1}";
    }
}
