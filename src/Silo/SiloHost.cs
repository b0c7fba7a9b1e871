// One silo: an ASP.NET host with Orleans and the database in it. Usable from code (the command line's demo and tests run
// several in one process) and from Program.

using IngoDB.Grains.Hosting;
using Microsoft.Extensions.Configuration.Memory;

namespace IngoDB.Silo;

/// <summary>A silo that is built, started and stopped. Building claims the data folder.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private SiloHost(WebApplication application) => _application = application;

    public string Name => _application.Configuration["Orleans:Name"] ?? Environment.MachineName;

    public string DataDirectory => Path.GetFullPath(_application.Configuration["IngoDB:DataDirectory"] ?? _application.Configuration["IngoDB:DataRoot"]!);

    /// <summary>Where health is answered; known once started.</summary>
    public IReadOnlyCollection<string> Urls => [.. _application.Urls];

    public IServiceProvider Services => _application.Services;

    /// <summary>For a client in this process.</summary>
    public IGrainFactory Grains => _application.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Somebody asked the silo to stop (Ctrl-C, SIGTERM, or the silo itself).</summary>
    public CancellationToken Stopping => _application.Lifetime.ApplicationStopping;

    /// <param name="defaults">The lowest layer of configuration; null takes everything from environment and command line.</param>
    /// <exception cref="Model.UnavailableException"><c>node.folder_in_use</c>.</exception>
    public static SiloHost Build(SiloSettings? defaults, string[]? args = null, Action<ISiloBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args ?? [] });
        if (defaults is not null)
        {
            var keys = defaults.ToConfiguration();
            if (builder.Configuration["HTTP_PORTS"] is not null) keys.Remove("urls"); // urls would win over ports that somebody asked for
            builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = keys });
        }

        builder.Host.UseOrleans((_, silo) =>
        {
            silo.UseIngoDB();
            configure?.Invoke(silo);
        });
        var application = builder.Build();
        application.MapGet("/health", HealthEndpoint.Answer);
        application.MapGet("/health/roll", HealthEndpoint.AnswerRoll);
        return new(application);
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => _application.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => _application.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
