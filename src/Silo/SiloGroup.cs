// Three silos in one process are the cheapest cluster there is: for the demo, for trying out, for tests. Each is a
// whole silo with its own folder and ports; the only thing they share is this object, which starts them side by side
// and stops them one after the other, as a cluster wants to be stopped.

using IngoDB.Engine;
using Orleans.Configuration;

namespace IngoDB.Silo;

/// <summary>Several silos of one cluster in this process, each with its own folder and ports. Started side by side, stopped one after the other, the last first.</summary>
public sealed class SiloGroup : IAsyncDisposable
{
    private readonly List<SiloHost> _silos = [];

    /// <summary>One budget of background work for the process, however many silos are in it.</summary>
    private readonly BackgroundScheduler _background = new();

    private SiloGroup()
    {
    }

    public IReadOnlyList<SiloHost> Silos => _silos;

    /// <summary>Builds and starts them; when one fails, those that were built are let go.</summary>
    public static async Task<SiloGroup> StartAsync(IEnumerable<SiloSettings> settings, string[]? args = null, CancellationToken cancellationToken = default)
    {
        var group = new SiloGroup();
        try
        {
            var all = settings.ToList();
            foreach (var silo in all) group._silos.Add(SiloHost.Build(silo, args, builder => group.Share(builder, all.Count)));
            await Task.WhenAll(group._silos.Select(silo => silo.StartAsync(cancellationToken))).ConfigureAwait(false);
            return group;
        }
        catch
        {
            await group.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Returns when any of the silos was asked to stop.</summary>
    public Task StoppingAsync() => Task.WhenAny(_silos.Select(silo => WhenCancelled(silo.Stopping)));

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        foreach (var silo in Enumerable.Reverse(_silos)) await silo.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Enumerable.Reverse(_silos)) await silo.DisposeAsync().ConfigureAwait(false);
        _silos.Clear();
        _background.Dispose();
    }

    /// <summary>Silos of one process die together, so probing them quickly would only find out how busy the machine is. A silo that is alone in its process is probed like any other.</summary>
    private void Share(ISiloBuilder silo, int silos)
    {
        silo.Services.AddSingleton(_background);
        if (silos == 1) return;
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(10);
            options.MinProbeTimeout = TimeSpan.FromSeconds(5);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(20);
        });
    }

    private static async Task WhenCancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult).ConfigureAwait(false);
        await cancelled.Task.ConfigureAwait(false);
    }
}
