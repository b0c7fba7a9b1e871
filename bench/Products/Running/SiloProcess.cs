// The silo as its users start it: the program, with configuration keys on its command line.
using System.Diagnostics;

namespace IngoDB.ProductBench;

/// <summary>A silo in a process of its own, until disposed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SiloProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static SiloProcess Start(string folder, IReadOnlyDictionary<string, string?> keys)
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "IngoDB.Silo.dll"));
        info.ArgumentList.Add("--data");
        info.ArgumentList.Add(folder);
        foreach (var (key, value) in keys) info.ArgumentList.Add($"--{key}={value}");
        var process = Process.Start(info)!;
        while (process.StandardOutput.ReadLine() is { } line)
            if (line.Contains("is ready", StringComparison.Ordinal)) return new(process);
        throw new InvalidOperationException("The silo ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
