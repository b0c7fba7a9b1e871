// The last line of .ci/run is what decides whether a change lands. eng/test-summary makes it from the output of the test
// run; here it reads outputs of runs that went well, badly and nowhere.

using System.Diagnostics;

namespace IngoDB.Repository.Tests;

public sealed class CiSummaryTests
{
    private const string Green = """
        Running tests from tests/A.Tests.dll (net10.0|x64)
        Test run summary: Passed!
          tests/A.Tests.dll (net10.0|x64) passed (1s 192ms)

          total: 6
          failed: 0
          succeeded: 6
          skipped: 0
          duration: 4s 640ms
        """;

    [Fact]
    public async Task A_green_run_is_told_as_it_is() => Assert.Equal(("6 passed, 0 failed", 0), await Summarize(Green, 0));

    [Fact]
    public async Task Counts_of_several_summaries_are_added() => Assert.Equal(("10 passed, 2 failed", 2), await Summarize(Green + "\n  failed: 2\n  succeeded: 4\n", 2));

    [Fact]
    public async Task Colours_and_carriage_returns_do_not_hide_a_failure() => Assert.Equal(("1 passed, 3 failed", 2), await Summarize("\e[31m  failed: 3\e[0m\r\n  succeeded: 1\r\n", 2));

    [Fact]
    public async Task A_build_error_is_a_failure() => Assert.Equal(("0 passed, 1 failed", 1), await Summarize("error CS1002: ; expected", 1));

    [Fact]
    public async Task A_crash_beside_green_tests_is_a_failure() => Assert.Equal(("6 passed, 1 failed", 134), await Summarize(Green, 134));

    [Fact]
    public async Task A_run_without_tests_is_a_failure() => Assert.Equal(("0 passed, 1 failed", 1), await Summarize("", 0));

    [Fact]
    public async Task What_a_test_prints_is_not_a_count() => Assert.Equal(("6 passed, 0 failed", 0), await Summarize("import failed: 3 lines\nsucceeded: 2 of 3\n" + Green, 0));

    [Theory]
    [InlineData("677ms")]
    [InlineData("25s 672ms")]
    [InlineData("1m 02s 007ms")]
    public async Task What_failed_is_named_again_before_the_last_line(string took)
    {
        var failed = $"failed A.Tests.Sums.Two_and_two_are_four(a: \"(x)\") ({took})\n  from tests/A.Tests.dll (net10.0|x64)\n  Xunit.XunitException: Expected: 4\n";
        var (text, _) = await RunAsync("Running tests\n" + failed + string.Join('\n', Enumerable.Range(0, 1_000).Select(line => $"  noise {line}")) + "\n  failed: 1\n  succeeded: 4\n", 2);

        Assert.StartsWith(failed, text, StringComparison.Ordinal);
        Assert.True(text.Split('\n').Length < 20, text);
        Assert.EndsWith("4 passed, 1 failed", text, StringComparison.Ordinal);
    }

    private static async Task<(string LastLine, int Code)> Summarize(string output, int code)
    {
        var (text, exitCode) = await RunAsync(output, code);
        return (text.Split('\n')[^1], exitCode);
    }

    private static async Task<(string Text, int Code)> RunAsync(string output, int code)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "eng/test-summary is a bash script: run it under Linux or macOS");
        var start = new ProcessStartInfo("bash", [RepositoryFiles.Absolute("eng/test-summary"), $"{code}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(output);
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (text.TrimEnd('\n'), process.ExitCode);
    }
}
