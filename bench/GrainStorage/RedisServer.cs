using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace IngoDB.GrainStorageBench;

/// <summary>A Redis server of this run's own (Debian: apt install redis-server), until disposed.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly Process _process;

    private bool _isOver;

    private RedisServer(Process process, int port)
    {
        _process = process;
        Connection = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose(); // a run that is broken off leaves no server behind
    }

    public string Connection { get; }

    public static RedisServer Start(string folder, bool isSynced)
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        string[] arguments = ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", isSynced ? "yes" : "no", "--appendfsync", "always"];
        var process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var ready = new ManualResetEventSlim();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) != false) ready.Set();
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ready.Wait();
        return new(process, port);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
