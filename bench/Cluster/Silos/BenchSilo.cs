// The silo program with two more addresses: what it has sent, and a measurement that runs inside of it, as a grain would.
//
//   GET /counts
//   GET /measure?what=put|get&callers=N&milliseconds=M

using System.Diagnostics;
using IngoDB.Client;
using IngoDB.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IngoDB.ClusterBench.Silos;

/// <summary>One silo in this process, until it is killed or asked to stop.</summary>
internal static class BenchSilo
{
    public const string Command = "serve";

    public static async Task ServeAsync(string[] keys)
    {
        await using var silo = SiloHost.Build(defaults: null, keys, builder => builder.Services.AddSingleton<MessageCounts>().AddSingleton<IStartupFilter, Addresses>());
        _ = silo.Services.GetRequiredService<MessageCounts>();
        await silo.StartAsync();
        Console.WriteLine($"{silo.Name} is ready: data in {silo.DataDirectory}, health at {silo.Urls.First()}/health");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, silo.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await silo.StopAsync();
    }

    /// <summary>The program of a silo with these settings.</summary>
    public static ProcessStartInfo Program(SiloSettings settings)
        => Cli.Connections.SelfProcess.Of(typeof(BenchSilo).Assembly.Location, [Command, .. settings.ToConfiguration().Select(key => $"--{key.Key}={key.Value}")]);

    private sealed class Addresses(MessageCounts counts, IGrainFactory grains) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Map("/counts", counted => counted.Run(context => context.Response.WriteAsJsonAsync(counts.Now)));
            application.Map("/measure", measured => measured.Run(MeasureAsync));
            next(application);
        };

        private async Task MeasureAsync(HttpContext context)
        {
            var (query, callers) = (context.Request.Query, int.Parse(context.Request.Query["callers"]!, System.Globalization.CultureInfo.InvariantCulture));
            // Every caller's get is a call of its own: what is shared is shared by copies, not by the client.
            var entries = new Entries(new IngoDBClient(grains, new() { GetCalls = callers }).Database());
            var duration = TimeSpan.FromMilliseconds(int.Parse(query["milliseconds"]!, System.Globalization.CultureInfo.InvariantCulture));
            await context.Response.WriteAsJsonAsync(await Load.RunAsync(callers, duration, query["what"] == "put" ? entries.PutAsync : entries.GetAsync));
        }
    }
}
