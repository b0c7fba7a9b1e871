using IngoDB.Engine.Wal;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;

namespace IngoDB.Tests.Wal;

/// <summary>The log's stories: what lies in the files, and what recovery makes of it.</summary>
public sealed class LogScriptTests
{
    private const string Folder = "tests/Engine.Tests/Scripts/wal";

    public static TheoryData<string> Scripts => [.. GoldenScript.In(Folder)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task The_log_tells_its_story(string script) => GoldenScript.Run($"{Folder}/{script}", new LogStage().Run);
}

/// <summary>The commands of the log's scripts.</summary>
internal sealed class LogStage
{
    private SimulatedFileSystem _files = new();
    private WriteAheadLog? _log;

    public LogStage() => _files.CreateDirectory("/log");

    public string Run(ScriptCommand command) => command.Name switch
    {
        "start" => Start(ulong.Parse(command[0])),
        "append" => Print($"lsn {_log!.Append(command[0])}"),
        "sync" => Quiet(_log!.Sync),
        "rotate" => Quiet(() => _log!.Rotate(ulong.Parse(command[0]))),
        "release" => Quiet(() => _log!.Release(ulong.Parse(command[0]))),
        "flip" => Quiet(() => _files.Corrupt($"/log/{WalFormat.FileName(ulong.Parse(command[0]))}", command.Number("at", 0), 1)),
        "kill" => Quiet(() => _files = _files.ProcessCrashClone()),
        "files" => string.Join('\n', _files.ListFiles("/log")),
        "dump" => LogDump.Of(_files, "/log"),
        "recover" => Recover((ulong)command.Number("oldest", 0)),
        _ => throw new FormatException(command.Line),
    };

    private string Start(ulong segment)
    {
        var next = LogHelpers.Recover(_files, "/log").Recovery.LastLsn + 1;
        _log = LogHelpers.Start(_files, "/log", segment, next, epoch: 1, new LogOptions(1024, 4096));
        return "";
    }

    private string Recover(ulong oldest)
    {
        var (records, recovery) = LogHelpers.Recover(_files, "/log", oldest);
        var lines = records.Select(r => $"{r.Lsn} {r.Payload}");
        return string.Join('\n', recovery.TornTail is { } torn ? lines.Append($"torn at {torn.Offset} of {torn.File}") : lines);
    }

    private static string Quiet(Action act)
    {
        act();
        return "";
    }

    private static string Print(string text) => text;
}
