// The grain path: what a call costs, and what a get, a batch of gets and a batch of writes cost above it; in the silo's own process
// and from another one through its gateway.
//
//   dotnet run -c Release --project bench/Grains [--docs N] [--seconds S] [--only embedded|local|gateway] [--phase WORDS] [--callers N] [--compare-calls]

using System.Diagnostics;
using System.Globalization;
using IngoDB.Abstractions.Clustering;
using IngoDB.GrainBench;
using IngoDB.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

if (args is [Server.Command, var served])
{
    await Server.ServeAsync(served);
    return;
}

var documents = int.Parse(Option("--docs") ?? "100000", CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(double.Parse(Option("--seconds") ?? "2", CultureInfo.InvariantCulture));
var only = Option("--only");
var callers = Option("--callers") is { } number ? new[] { int.Parse(number, CultureInfo.InvariantCulture) } : null;
var folder = Directory.CreateTempSubdirectory("ingodb-grain-bench-").FullName;
Console.WriteLine($"{"",-28}{"callers",8}{"a second",14}{"CPU µs",10}{"foreign",10}");
try
{
    if (only is null or "embedded") Report(await Embedded.IngestAsync(Path.Combine(folder, "embedded"), documents));
    if (only is null or "local") await LocalAsync(Path.Combine(folder, "local"));
    if (only is null or "gateway") await GatewayAsync(Path.Combine(folder, "gateway"));
}
finally
{
    Directory.Delete(folder, recursive: true);
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

void Report(Rate rate) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate.Phase,-28}{rate.Callers,8}{rate.OperationsPerSecond,14:N0}{rate.CpuMicroseconds,10:F2}{rate.ForeignCores,10:F2}"));

Task RunAsync(Phases phases) => args.Contains("--compare-calls") ? phases.CompareCallsAsync(Report) : phases.RunAsync(Report);

async Task LocalAsync(string path)
{
    await using var silo = await Server.StartAsync(path);
    await RunAsync(new("in-process", silo.Grains, other: null, documents, duration, Option("--phase") ?? "", callers));
    await silo.StopAsync();
}

async Task GatewayAsync(string path)
{
    using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Self(), Server.Command, path]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    while (await server.StandardOutput.ReadLineAsync() is { } line && line != Server.Ready)
    {
    }

    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.UseOrleansClient(client => client
        .UseIngoDBFileClustering(Path.Combine(path, "cluster"))
        .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (SiloSettings.ClusterName, SiloSettings.ClusterName)));
    using (var host = builder.Build())
    {
        await host.StartAsync();
        await RunAsync(new("gateway", host.Services.GetRequiredService<IGrainFactory>(), server, documents, duration, Option("--phase") ?? "", callers));
        await host.StopAsync();
    }

    server.StandardInput.Close();
    await server.WaitForExitAsync();
}

// `dotnet x.dll` needs the dll, an apphost does not.
static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Server).Assembly.Location] : [];
