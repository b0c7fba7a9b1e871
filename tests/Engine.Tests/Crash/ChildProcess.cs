using System.Diagnostics;
using System.Globalization;
using IngoDB.TestKit;

namespace IngoDB.Tests.Crash;

/// <summary>A CrashChild: started on a folder, listened to, killed; what it said goes into the ledger.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly DurabilityChecker _ledger;
    private readonly Task<string> _errors;
    private readonly Dictionary<string, LedgerChange> _tried = [];
    private readonly HashSet<string> _triedAfterFailure = [];

    /// <param name="wrapper">A program and its arguments in front of the child, e.g. strace.</param>
    public ChildProcess(string folder, long firstValue, DurabilityChecker ledger, string[]? options = null, string[]? wrapper = null)
    {
        _ledger = ledger;
        string[] command = [.. wrapper ?? [], "dotnet", Path.Combine(AppContext.BaseDirectory, "CrashChild.dll"), folder, firstValue.ToString(CultureInfo.InvariantCulture), .. options ?? []];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>All that it wrote to its error stream; there once it has ended (<see cref="HearTheRestAsync"/>).</summary>
    public string Errors { get; private set; } = "";

    public int Acknowledged { get; private set; }

    /// <summary>Of those that were tried after the first failure had been said.</summary>
    public int AcknowledgedAfterFailure { get; private set; }

    public long LastValue { get; private set; }

    public List<string> Failures { get; } = [];

    public string? Reads { get; private set; }

    /// <summary>Listens until it has said so many acknowledgements, then kills it with SIGKILL and hears the rest.</summary>
    public async Task KillAfterAsync(int acknowledgements, CancellationToken cancellationToken)
    {
        while (Acknowledged < acknowledgements && await HearAsync(cancellationToken))
        {
        }

        _process.Kill();
        await HearTheRestAsync(cancellationToken);
    }

    /// <summary>Listens until it ends; then everything it tried and was not told of is of unknown outcome.</summary>
    public async Task<int> HearTheRestAsync(CancellationToken cancellationToken)
    {
        while (await HearAsync(cancellationToken))
        {
        }

        await _process.WaitForExitAsync(cancellationToken);
        Errors = await _errors;
        foreach (var change in _tried.Values) _ledger.Unknown([change]);
        return _process.ExitCode;
    }

    /// <summary>Hears one line; false when it has said its last.</summary>
    public async Task<bool> HearAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null) return false;
        var words = line.Split(' ');
        switch (words)
        {
            case ["try", var id, var value]:
                _tried[id] = new LedgerChange(id, value == "-" ? null : LastValue = long.Parse(value, CultureInfo.InvariantCulture));
                if (Failures.Count > 0) _triedAfterFailure.Add(id);
                break;
            case ["ack", var id, _]:
                _ledger.Acknowledge(_tried[id]);
                _tried.Remove(id);
                Acknowledged++;
                if (_triedAfterFailure.Contains(id)) AcknowledgedAfterFailure++;
                break;
            case ["failed", var id, _, var code]:
                if (code == "write.unknown_outcome") _ledger.Unknown([_tried[id]]);
                _tried.Remove(id);
                Failures.Add(code);
                break;
            case ["reads", ..]:
                Reads = line;
                break;
        }

        return true;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
