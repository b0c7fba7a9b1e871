// The same with real kills: a child counts under numbers of its own, dies by SIGKILL between commit and reply or anywhere else, and the
// next child first sends again what the last one may not have been told of.

using System.Diagnostics;
using System.Globalization;
using IngoDB.Engine;
using IngoDB.Engine.Files;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using IngoDB.TestKit.Processes;

namespace IngoDB.Tests.Crash;

public sealed class ExactlyOnceKillTests
{
    private const int Kills = 15;
    private const int Writers = 4;

    [Fact]
    public async Task A_counter_is_as_high_as_its_requests_are_many_after_15_kills()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var machine = await MachineLock.AcquireAsync(cancellation);
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var latest = new long[Writers];
        for (var kill = 0; kill < Kills; kill++) await RunAndKillAsync(folder.Path, latest, random.Next(300), cancellation);

        // The last life ends by itself, after each writer has had one request more answered.
        await RunAndKillAsync(folder.Path, latest, acknowledgements: int.MaxValue, cancellation, "once");
        await using var engine = await StorageEngine.OpenAsync(folder.Path, new EngineOptions { Files = LocalFileSystem.Instance, BackgroundWork = false });
        var counters = engine.FindCollection("counters")!.Value;
        for (var writer = 0; writer < Writers; writer++) Assert.Equal(latest[writer], engine.Get(counters, new($"w{writer}"))!["n"].AsInt64());
        Assert.True(latest.Sum() > Kills * Writers, $"{latest.Sum()} requests");
    }

    private static async Task RunAndKillAsync(string folder, long[] latest, int acknowledgements, CancellationToken cancellationToken, params string[] options)
    {
        string[] command = [Path.Combine(AppContext.BaseDirectory, "CrashChild.dll"), folder, "1", "counting", string.Join(',', latest), .. options];
        using var process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var acknowledged = 0;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Split(' ') is not [var what, var writer, var sequence]) continue;
            if (what == "try") latest[int.Parse(writer, CultureInfo.InvariantCulture)] = long.Parse(sequence, CultureInfo.InvariantCulture);
            else if (++acknowledged == acknowledgements) process.Kill();
        }

        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0 || acknowledged >= acknowledgements, await errors);
    }
}
