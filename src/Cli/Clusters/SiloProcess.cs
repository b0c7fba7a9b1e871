// One silo as a child process that may be treated badly: killed, stopped, let go on, asked to end. It is found ready by what it says, and
// the last that it said is kept for whoever has to find out why it is not there any more. Who only wants silos that run uses SiloProcesses.

using System.Diagnostics;
using IngoDB.Cli.Connections;
using IngoDB.Model;
using IngoDB.Silo;

namespace IngoDB.Cli.Clusters;

/// <summary>Starts with its construction. Thread-safe.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int LinesMax = 1_000;

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lines = new();

    /// <param name="start">The program; its output streams are redirected.</param>
    /// <param name="said">Hears every line of both streams, on any thread.</param>
    public SiloProcess(ProcessStartInfo start, Action<string>? said = null)
    {
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Heard(e.Data, said);
        _process.ErrorDataReceived += (_, e) => Heard(e.Data, said);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>The last that it has said.</summary>
    public string Output
    {
        get { lock (_lines) return string.Join(Environment.NewLine, _lines); }
    }

    /// <summary>Of all its threads; it must be running.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The silo program beside this one, told everything by configuration keys. Free ports are chosen now.</summary>
    public static ProcessStartInfo Program(SiloSettings settings) => Program(settings.ToConfiguration().Select(key => $"--{key.Key}={key.Value}"));

    /// <summary>The same with a command line.</summary>
    public static ProcessStartInfo Program(IEnumerable<string> arguments) => SelfProcess.Of(Path.Combine(AppContext.BaseDirectory, "IngoDB.Silo.dll"), [.. arguments]);

    /// <summary>The line in which it says that it is ready.</summary>
    /// <exception cref="UnavailableException"><c>silo.ended</c>: it ended first; the message has what it said.</exception>
    public async Task<string> ReadyAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_ready.Task, _process.WaitForExitAsync(cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_ready.Task.IsCompletedSuccessfully) throw new UnavailableException("silo.ended", $"The silo ended before it was ready:{Environment.NewLine}{Output}");
        return await _ready.Task.ConfigureAwait(false);
    }

    /// <summary>SIGKILL: no chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>SIGSTOP: it is there, holds its locks and connections, and does nothing.</summary>
    public void Suspend() => UnixProcess.Suspend(_process);

    /// <summary>SIGCONT.</summary>
    public void Continue() => UnixProcess.Continue(_process);

    /// <summary>SIGTERM, and its exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellationToken)
    {
        UnixProcess.Terminate(_process);
        return ExitAsync(cancellationToken);
    }

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private void Heard(string? line, Action<string>? said)
    {
        if (line is null) return;
        lock (_lines)
        {
            if (_lines.Count == LinesMax) _lines.Dequeue();
            _lines.Enqueue(line);
        }

        said?.Invoke(line);
        if (line.Contains("is ready", StringComparison.Ordinal)) _ready.TrySetResult(line);
    }
}
