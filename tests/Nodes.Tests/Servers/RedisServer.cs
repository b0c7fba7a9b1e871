using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IngoDB.TestKit.Processes;
using Orleans.Hosting;
using StackExchange.Redis;

namespace Nodes.Tests.Servers;

/// <summary>Redis from Debian, with the settings that keep what was acknowledged.</summary>
public sealed class RedisServer : CatalogServer
{
    private readonly int _port = FreePort();
    private Process? _process;

    private protected override void Make()
    {
        Requires.Tool("redis-server", "apt-get install -y redis-server");
        Start();
    }

    public override string Name => "Redis";

    public string Endpoint => $"127.0.0.1:{_port}";

    public override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["IngoDB:CatalogGrainStorage"] = StorageName, ["IngoDB:CatalogRedis"] = Endpoint };

    public override void Start()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", Folder.Path, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"]) { RedirectStandardOutput = true })!;
        var isReady = new TaskCompletionSource();
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true) isReady.TrySetResult();
        };
        _process.BeginOutputReadLine();
        Assert.True(isReady.Task.Wait(TimeSpan.FromSeconds(30)), "Redis did not become ready");
    }

    public override void Kill()
    {
        if (_process is null) return;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Set(string setting, string value)
    {
        using var redis = ConnectionMultiplexer.Connect($"{Endpoint},allowAdmin=true");
        redis.GetServers()[0].ConfigSet(setting, value);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public override void AddStorage(ISiloBuilder silo) => silo.AddRedisGrainStorage(StorageName, options => options.ConfigurationOptions = ConfigurationOptions.Parse($"{Endpoint},abortConnect=false"));
}
