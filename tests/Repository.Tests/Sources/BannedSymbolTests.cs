// The clock, chance, files and the passing of time come in as arguments, or no test can rewind, replay and crash them.
// eng/BannedSymbols.txt lets the compiler say so in src; this reads the text as well, because an analyzer can be turned
// off by a pragma, does not look at tests, and does not know that Flush(true) swallows every fsync error on .NET 10.

namespace IngoDB.Repository.Tests;

public sealed class BannedSymbolTests
{
    private static readonly string[] Src = ["src"];
    private static readonly string[] Tests = ["tests"];
    private static readonly string[] Everywhere = ["src", "tests", "samples", "bench"];

    /// <summary>Aspire's own types carry the wall clock; the AppHost is no part of the product.</summary>
    private const string AppHost = "src/AppHost/";

    /// <summary>The one door to real files.</summary>
    private const string LocalFiles = "src/Engine/Files/Local";

    private static readonly BannedSymbol[] Banned =
    [
        new(@"(?<![\w.])(System\.IO\.)?File\.[A-Z]\w*", Src, "Use IFileSystem: what the simulated file system cannot see, no crash test can crash.", LocalFiles),
        new(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bEnvironment\.TickCount(64)?\b", Src, "Take a TimeProvider.", AppHost),
        new(@"(?<![\w.])Stopwatch\b", Src, "Use TimeProvider.GetTimestamp and GetElapsedTime."),
        new(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b", Tests, "Take a FakeTimeProvider, or TimeProvider.System where a real process is waited for."),
        new(@"\bGuid\.(NewGuid|CreateVersion7)\b", Src, "Use UuidV7.Create with a TimeProvider and a seeded Random."),
        new(@"\bRandom\.Shared\b|\bnew Random\(\s*\)|\bRandom \w+ = new\(\s*\)", Everywhere, "Pass a Random made from a seed, so that a failure can be replayed."),
        new(@"\bThread\.Sleep\b", Everywhere, "Wait for an event (EngineEvents, TaskCompletionSource), or advance a FakeTimeProvider."),
        new(@"\bTask\.Delay\((?![^;\n]*([tT]imeProvider|[tT]ime\b|[cC]lock\b))", Everywhere, "In src pass the TimeProvider; in tests wait for an event, not for time to pass."),
        new(@"\bFlush\(\s*(flushToDisk:\s*)?true\s*\)|\bFlushToDisk\b", Everywhere, "It swallows every fsync error on .NET 10; use IFile.SyncData, which calls fdatasync itself."),
    ];

    [Fact]
    public void The_world_comes_in_as_an_argument() => Findings.None(RepositoryFiles.Sources.SelectMany(s => Banned.SelectMany(b => b.FindIn(s))));

    [Fact]
    public void The_ban_is_lifted_by_pragma_only_behind_the_door() =>
        Findings.None(RepositoryFiles.Sources.Where(s => s.IsUnder("src") && !s.Path.StartsWith(LocalFiles, StringComparison.Ordinal) && s.Code.Contains("RS0030", StringComparison.Ordinal))
            .Select(s => new Finding(s.Path, "disables RS0030", "Take the world as an argument instead of opening a second door to it.")));

    [Theory]
    [InlineData("src/Engine/Wal/A.cs", "File.ReadAllBytes(path)")]
    [InlineData("src/Engine/Wal/A.cs", "var now = DateTimeOffset.UtcNow;")]
    [InlineData("src/Engine/Wal/A.cs", "Stopwatch.StartNew();")]
    [InlineData("src/Engine/Wal/A.cs", "stream.Flush(flushToDisk: true);")]
    [InlineData("src/Engine/Wal/A.cs", "RandomAccess.FlushToDisk(handle);")]
    [InlineData("src/Grains/A.cs", "var id = $\"p-{Guid.NewGuid()}\";")]
    [InlineData("src/Grains/A.cs", "await Task.Delay(100, cancellationToken);")]
    [InlineData("tests/Engine.Tests/A.cs", "Thread.Sleep(100);")]
    [InlineData("tests/Engine.Tests/A.cs", "await Task.Delay(TimeSpan.FromSeconds(1));")]
    [InlineData("tests/Engine.Tests/A.cs", "private readonly Random random = new();")]
    public void A_banned_symbol_is_found(string path, string code) => Assert.NotEmpty(Banned.SelectMany(b => b.FindIn(new(path, code))));

    [Theory]
    [InlineData("src/Engine/Files/LocalFileSystem.cs", "File.OpenHandle(path)")]
    [InlineData("src/Engine/Wal/A.cs", "segment.File.Write(bytes); // never File.Open")]
    [InlineData("src/Engine/Wal/A.cs", "await Task.Delay(pause, options.Time, cancellationToken);")]
    [InlineData("tests/Engine.Tests/A.cs", "var random = new Random(seed);")]
    [InlineData("tests/Engine.Tests/A.cs", "File.Delete(path);")]
    public void What_is_allowed_is_not_found(string path, string code) => Findings.None(Banned.SelectMany(b => b.FindIn(new(path, code))));
}
