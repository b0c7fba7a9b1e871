// The command line as a user has it: the built program in a process of its own, its two streams apart, its exit code,
// and the signals that a terminal or a supervisor would send. Nothing here knows what is inside.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace IngoDB.Cluster.Tests.Cli;

internal sealed partial class CliProcess : IDisposable
{
    private const int SignalInterrupt = 2;
    private const int SignalTerminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Lock _lock = new();
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource<string> Told)> _waits = [];
    private readonly Task<string> _output;
    private readonly Task _errors;

    private CliProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = ReadErrorsAsync();
    }

    public string Error
    {
        get
        {
            lock (_lock) return _error.ToString();
        }
    }

    public static CliProcess Start(string folder, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ingodb.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = new CliProcess(Process.Start(start)!);
        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<CliResult> RunAsync(string folder, params IReadOnlyList<string> arguments)
    {
        using var process = Start(folder, arguments);
        return await process.EndAsync();
    }

    /// <summary>The first line on stderr (past ones count) that satisfies the condition.</summary>
    public Task<string> WhenSaidAsync(Func<string, bool> condition, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_error.ToString().Split('\n').FirstOrDefault(condition) is { } said) return Task.FromResult(said);
            var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((condition, told));
            return told.Task.WaitAsync(cancellationToken);
        }
    }

    public void Interrupt() => _ = Kill(_process.Id, SignalInterrupt);

    public void Terminate() => _ = Kill(_process.Id, SignalTerminate);

    public async Task<CliResult> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var output = await _output;
        await _errors;
        return new CliResult(_process.ExitCode, output, Error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _error.Append(line).Append('\n');
                foreach (var (_, told) in _waits.Where(wait => wait.Condition(line))) told.TrySetResult(line);
            }
        }

        lock (_lock)
            foreach (var (_, told) in _waits) told.TrySetException(new InvalidOperationException($"The process ended without saying it:\n{_error}"));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>What a run left behind.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error);
