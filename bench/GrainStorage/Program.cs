// Grain storage providers beside each other: the same grain, the same states, one silo in a process of its own for each, in one run.
//
//   dotnet run -c Release --project bench/GrainStorage -- --providers ingodb,memory,file,redis,redis-aof,postgres --json rows.json
//                                                         [--seconds S] [--states N] [--set KEY=VALUE] [--only write:400:32,...]
//
// --states N also asks a question of N states (ingodb); --set gives the silo a configuration key, e.g. IngoDB:Partitions=4. A
// provider whose server is not installed is named and left out.

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IngoDB.GrainStorageBench;
using Microsoft.Extensions.DependencyInjection;

var duration = TimeSpan.FromSeconds(double.Parse(Option("--seconds") ?? "5", CultureInfo.InvariantCulture));
var states = int.Parse(Option("--states") ?? "0", CultureInfo.InvariantCulture);
var settings = args.Select((arg, i) => (arg, i)).Where(pair => pair.arg == "--set").Select(pair => args[pair.i + 1].Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[1]);
if (Option("--child") is { } child)
{
    await ChildAsync(child);
    return 0;
}

var rows = new List<Row>();
Console.WriteLine($"{"provider",-12}{"op",-16}{"bytes",8}{"writers",9}{"a second",12}{"p50 µs",10}{"p99 µs",10}{"CPU µs",9}{"alloc B",9}  durable");
foreach (var provider in (Option("--providers") ?? string.Join(',', Providers.All)).Split(','))
{
    using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Self(), "--child", provider, .. args]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    while (await process.StandardOutput.ReadLineAsync() is { } line)
    {
        if (!line.StartsWith('{')) continue;
        var row = JsonSerializer.Deserialize<Row>(line)!;
        rows.Add(row);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Provider,-12}{row.Op,-16}{row.Size,8}{row.Writers,9}{row.Value,12:N1}{row.P50,10:N0}{row.P99,10:N0}{row.CpuMicroseconds,9:N1}{row.AllocatedBytes,9:N0}  {row.Durable}"));
    }

    await process.WaitForExitAsync();
    if (process.ExitCode != 0) Console.Error.WriteLine($"{provider} is left out: it ended with {process.ExitCode}.");
}

if (Option("--json") is { } file) await File.WriteAllLinesAsync(file, rows.Select(row => JsonSerializer.Serialize(row)));
return rows.Count > 0 ? 0 : 1;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];

async Task ChildAsync(string provider)
{
    _ = Task.Run(async () =>
    {
        await Console.In.ReadToEndAsync(); // the run was broken off
        Environment.Exit(1);
    });
    var folder = Directory.CreateTempSubdirectory("ingodb-grain-storage-bench-").FullName;
    try
    {
        var (host, server) = await Providers.StartAsync(provider, folder, settings);
        using var stopped = server;
        var phases = new Phases(provider, Providers.IsDurable(provider), host.Services.GetRequiredService<IGrainFactory>(), duration, Option("--only"), row => Console.WriteLine(JsonSerializer.Serialize(row)));
        await phases.RunAsync();
        if (provider == "ingodb" && states > 0) await phases.QueryAsync(host.Services.GetRequiredService<IngoDB.Client.IngoDBClient>(), states);
        await host.StopAsync();
        host.Dispose();
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}
