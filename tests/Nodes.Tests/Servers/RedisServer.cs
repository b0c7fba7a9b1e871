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
    /// <summary>Of clients, in ms: on a machine that runs all tests at once a thread pool stands still for seconds.</summary>
    private const string Patience = "connectTimeout=30000,syncTimeout=30000,asyncTimeout=30000";

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
        using var redis = ConnectionMultiplexer.Connect($"{Endpoint},{Patience},allowAdmin=true");
        redis.GetServers()[0].ConfigSet(setting, value);
    }

    /// <summary>Not one of those that the kernel gives to whoever asks for any: between a kill and a start somebody else would have it.</summary>
    private static int FreePort()
    {
        const int first = 20_000, count = 10_000;
        for (var port = first + Environment.ProcessId % count; ; port++)
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (port < first + 2 * count)
            {
                // Somebody has it; the next one.
            }
    }

    public override void AddStorage(ISiloBuilder silo) => silo.AddRedisGrainStorage(StorageName, options => options.ConfigurationOptions = ConfigurationOptions.Parse($"{Endpoint},{Patience},abortConnect=false"));
}
