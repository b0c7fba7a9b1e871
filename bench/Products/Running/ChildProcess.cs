// The parent's side of a child. A child that has not its turn is stopped by a signal, with everything below it, so that nobody's
// background work (compaction, checkpoints) is done in another's time, and none is done for free.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace IngoDB.ProductBench;

/// <summary>One engine's process.</summary>
internal sealed class ChildProcess : IDisposable
{
    public const int Continue = ProcFiles.Continue;
    private const int Stop = 19, Kill = 9;

    private readonly Process _process;
    private readonly int? _server;
    private bool _ended;

    /// <param name="server">A process beside it that does its work, and has its turns and costs.</param>
    public ChildProcess(StoreKind kind, string folder, RunOptions options, bool reopen, int? server = null)
    {
        (Kind, _server) = (kind, server);
        if (server is { } beside) ProcFiles.Signal(beside, Continue);
        var self = Environment.ProcessPath!;
        var info = new ProcessStartInfo(self) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet") info.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in (string[])["child", kind.Name, folder, options.Documents.ToString(CultureInfo.InvariantCulture)]) info.ArgumentList.Add(argument);
        if (options.Durable) info.ArgumentList.Add("--durable");
        if (reopen) info.ArgumentList.Add("--reopen");
        if (options.Postgres is { } connection) foreach (var argument in (string[])["--connection", connection]) info.ArgumentList.Add(argument);
        _process = Process.Start(info)!;
        var answer = Read();
        if (answer != ChildLoop.Ready) throw new ChildMissingException($"{kind.Name} {answer}");
        SignalAll(Stop);
    }

    public StoreKind Kind { get; }

    /// <summary>Lets it run until it has answered.</summary>
    public (List<Measure> Measures, double ForeignShare) Perform(string what)
    {
        var (machine, ours, began) = (ProcFiles.MachineProcessorTime(), Ours(), Stopwatch.GetTimestamp());
        SignalAll(Continue);
        _process.StandardInput.WriteLine(what);
        _process.StandardInput.Flush();
        var line = Read();
        var foreign = ProcFiles.MachineProcessorTime() - machine - (Ours() - ours);
        SignalAll(Stop);
        if (line[0] == ChildLoop.Failure) throw new ChildFailedException($"{Kind.Name}, {what}: {line[1..]}");
        var share = foreign / (Stopwatch.GetElapsedTime(began) * Environment.ProcessorCount);
        return (JsonSerializer.Deserialize<List<Measure>>(line)!, Math.Clamp(share, 0, 1));
    }

    /// <summary>At once, whatever it does.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        if (!_process.HasExited) ProcFiles.Signal(_process.Id, Kill);
        _process.WaitForExit();
        _process.Dispose();
    }

    private TimeSpan Ours() => ProcFiles.ProcessorTime(_process.Id) + Environment.CpuUsage.TotalTime + (_server is { } server ? ProcFiles.ProcessorTime(server) : TimeSpan.Zero);

    private void SignalAll(int signal)
    {
        if (_server is { } server) ProcFiles.Signal(server, signal);
        ProcFiles.Signal(_process.Id, signal);
    }

    private string Read()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
            if (line.Length > 1 && line[0] == ChildLoop.Mark) return line[1..];
        throw new ChildFailedException($"{Kind.Name} ended.");
    }
}

/// <summary>An engine cannot be had on this machine.</summary>
internal sealed class ChildMissingException(string message) : Exception(message);

/// <summary>An engine could not do what it was asked, or answered wrongly.</summary>
internal sealed class ChildFailedException(string message) : Exception(message);
