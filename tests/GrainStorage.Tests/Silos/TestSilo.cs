// A silo as a user of the provider has it: a generic host, Orleans, the database and the storage in it. Everything is as in
// production (file membership, durable logs) but for folder and ports.

using IngoDB.GrainStorage;
using IngoDB.GrainStorage.Tests.Runtime;
using IngoDB.Grains.Hosting;
using IngoDB.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace IngoDB.GrainStorage.Tests.Silos;

/// <summary>One silo of a test's cluster.</summary>
internal sealed class TestSilo(IHost host) : IAsyncDisposable
{
    public IServiceProvider Services => host.Services;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public SiloAddress Address => host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    public IngoDB.Client.IngoDBClient Client => host.Services.GetRequiredService<IngoDB.Client.IngoDBClient>();

    public IGrainStorage Storage(string name = "Default") => host.Services.GetRequiredKeyedService<IGrainStorage>(name);

    /// <param name="isNode">False: a silo of the application alone, without the database's code.</param>
    public static TestSilo Build(SiloSettings settings, bool isNode = true, Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToConfiguration());
        builder.UseOrleans(silo =>
        {
            if (isNode) silo.UseIngoDB();
            else silo.Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(IngoDBOptions).Assembly));
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(10);
                options.MinProbeTimeout = TimeSpan.FromSeconds(5);
                options.MaxProbeTimeout = TimeSpan.FromSeconds(20);
            });
            silo.AddIngoDBGrainStorageAsDefault().AddIngoDBGrainStorage("archive");
            silo.UseIngoDBReminders().AddIngoDBColocation();
            silo.Services.AddGrainStorage(FaultyStorage.Name, (services, _) => new FaultyStorage(services.GetRequiredKeyedService<IGrainStorage>("Default")));
            silo.AddIngoDBGrainStorage("partial", options => options.PartialChangeBytes = 1024);
            silo.AddIngoDBGrainStorage("opaque", (OptionsBuilder<IngoDBGrainStorageOptions> options) => options.Configure<IGrainStorageSerializer>((bound, serializer) => bound.GrainStorageSerializer = serializer));
            silo.AddIngoDBGrainStorage("short", options => options.TimeToLiveOf["session"] = TimeSpan.FromSeconds(1));
            configure?.Invoke(silo);
        });
        return new(builder.Build());
    }

    public Task StartAsync() => host.StartAsync();

    public Task StopAsync() => host.StopAsync();

    /// <summary>Nothing is handed over and nothing is said: as near to a kill as a process comes that lives on.</summary>
    public async Task AbortAsync()
    {
        try
        {
            await host.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for.
        }

        host.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}

internal static class SetExtensions
{
    public static void RemoveWhere<T>(this ISet<T> set, Func<T, bool> condition)
    {
        foreach (var item in set.Where(condition).ToList()) set.Remove(item);
    }
}
