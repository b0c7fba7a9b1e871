// Each provider as its documentation says to set it up: one silo, the provider as the default storage, its server (if it has one) started
// for this run over a fresh folder and stopped after it.

using System.Data.Common;
using IngoDB.GrainStorage;
using IngoDB.Grains.Hosting;
using IngoDB.ProductBench;
using IngoDB.Silo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Persistence.FileStorage;
using StackExchange.Redis;

namespace IngoDB.GrainStorageBench;

internal static class Providers
{
    public static readonly string[] All = ["ingodb", "memory", "file", "redis", "redis-aof", "postgres"];

    /// <summary>Acknowledged after the disk has it.</summary>
    public static bool IsDurable(string provider) => provider is "ingodb" or "redis-aof" or "postgres";

    /// <summary>A silo with the provider, started; and what is to be stopped after it.</summary>
    public static async Task<(IHost Host, IDisposable? Server)> StartAsync(string provider, string folder, IReadOnlyDictionary<string, string?> settings)
    {
        IDisposable? server = null;
        var builder = Host.CreateEmptyApplicationBuilder(new() { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(SiloSettings.Numbered(folder, 1, 1).ToConfiguration());
        builder.Configuration.AddInMemoryCollection(settings);
        if (provider.StartsWith("redis", StringComparison.Ordinal)) server = RedisServer.Start(Path.Combine(folder, provider), isSynced: provider == "redis-aof");
        if (provider == "postgres") server = await StartPostgresAsync();
        builder.UseOrleans(silo =>
        {
            switch (provider)
            {
                case "ingodb": silo.UseIngoDB().AddIngoDBGrainStorageAsDefault(); break;
                case "memory": silo.AddMemoryGrainStorageAsDefault(); break;
                case "file": silo.AddFileGrainStorage("Default", options => options.RootDirectory = Path.Combine(folder, "states")); break;
                case "postgres": silo.AddAdoNetGrainStorageAsDefault(options => (options.Invariant, options.ConnectionString) = ("Npgsql", ((PostgresServer)server!).Connection)); break;
                default: silo.AddRedisGrainStorageAsDefault(options => options.ConfigurationOptions = ConfigurationOptions.Parse(((RedisServer)server!).Connection)); break;
            }
        });
        var host = builder.Build();
        await host.StartAsync();
        return (host, server);
    }

    /// <summary>The provider's queries are rows of a table that an administrator fills; these do what its interface asks with one statement each.</summary>
    private static async Task<PostgresServer> StartPostgresAsync()
    {
        DbProviderFactories.RegisterFactory("Npgsql", NpgsqlFactory.Instance);
        var server = PostgresServer.Start();
        await using var source = NpgsqlDataSource.Create(server.Connection);
        await using var command = source.CreateCommand(PostgresSchema.Text);
        await command.ExecuteNonQueryAsync();
        return server;
    }
}
