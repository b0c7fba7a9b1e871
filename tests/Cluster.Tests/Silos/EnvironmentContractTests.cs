// The contract with .NET Aspire, without Aspire: a silo that is started with exactly the keys that the AppHost's manifest has,
// as environment variables, joins, calls itself what it is called, uses its folder, and serves.

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Cluster.Tests.Processes;
using IngoDB.Abstractions.Clustering;
using IngoDB.Client;
using IngoDB.Model;
using IngoDB.TestKit.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Silos;

public sealed class EnvironmentContractTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_started_with_the_manifests_keys_joins_names_itself_uses_its_folder_and_serves()
    {
        using var machine = await MachineLock.AcquireAsync(Cancellation);
        var root = Directory.CreateTempSubdirectory("ingodb-aspire-").FullName;
        try
        {
            var ports = FreePorts(6);
            await using var first = SiloPrograms.Start([], Manifest(root, "ingodb-1", ports[..3]));
            await using var second = SiloPrograms.Start([], Manifest(root, "ingodb-2", ports[3..]));
            await first.ReadyAsync(TestContext.Current.CancellationToken);
            await second.ReadyAsync(TestContext.Current.CancellationToken);

            var health = await HealthAsync(ports[3]);
            Assert.Equal(("ready", "ingodb-2", "ingodb"), ((string?)health["status"], (string?)health["silo"], (string?)health["cluster"]));
            Assert.Equal(Path.Combine(root, "ingodb-2"), (string?)health["directory"]);
            Assert.True(File.Exists(Path.Combine(root, "ingodb-2", "NODE")));

            await ServesAsync(root);
            Assert.Equal(["ingodb-1", "ingodb-2"], (await HealthAsync(ports[0]))["members"]!.AsArray().Select(m => (string?)m));
            Assert.Equal(0, await second.StopAsync(TestContext.Current.CancellationToken));
            Assert.Equal(0, await first.StopAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>What Aspire 13 puts into the environment of one of the AppHost's silos.</summary>
    private static Dictionary<string, string> Manifest(string root, string name, int[] ports) => new()
    {
        ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
        ["HTTP_PORTS"] = $"{ports[0]}",
        ["Orleans__Clustering__ProviderType"] = "IngoDB",
        ["Orleans__Clustering__ServiceKey"] = "ingodb",
        ["ConnectionStrings__ingodb"] = $"Cluster={Path.Combine(root, "cluster")}",
        ["Orleans__ClusterId"] = "ingodb",
        ["Orleans__ServiceId"] = "ingodb",
        ["Orleans__EnableDistributedTracing"] = "true",
        ["Orleans__Endpoints__SiloPort"] = $"{ports[1]}",
        ["Orleans__Endpoints__GatewayPort"] = $"{ports[2]}",
        ["Orleans__Name"] = name,
        ["Orleans__Endpoints__AdvertisedIPAddress"] = "127.0.0.1",
        ["IngoDB__DataDirectory"] = Path.Combine(root, name),
    };

    /// <summary>The client's half of the contract: the same keys less the endpoints, and no code but AddIngoDBClient.</summary>
    private static async Task ServesAsync(string root)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Orleans:ClusterId"] = "ingodb",
            ["Orleans:ServiceId"] = "ingodb",
            ["Orleans:Clustering:ProviderType"] = "IngoDB",
            ["Orleans:Clustering:ServiceKey"] = "ingodb",
            ["ConnectionStrings:ingodb"] = $"Cluster={Path.Combine(root, "cluster")}",
        });
        builder.UseOrleansClient();
        builder.Services.AddIngoDBClient();
        using var client = builder.Build();
        await client.StartAsync(Cancellation);
        var people = client.Services.GetRequiredService<IngoDatabase>().Collection("people");
        await people.UpsertAsync(Document.Of(("name", "Ada")), new("ada"), cancellationToken: Cancellation);
        Assert.Equal("Ada", (await people.GetAsync(new("ada"), Cancellation))!["name"].AsString());
        await client.StopAsync(Cancellation);
    }

    private static async Task<JsonNode> HealthAsync(int port)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<JsonNode>(new Uri($"http://127.0.0.1:{port}/health"), Cancellation))!;
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
