// A network for each silo, so that one can be cut off: namespaces of Linux, joined by a bridge at which this process sits. Needs root and `ip`.
//
//   ingob-1 (10.213.77.1) ─┐
//   ingob-2 (10.213.77.2) ─┼─ bridge ingob-br (10.213.77.254): the client
//   ingob-3 (10.213.77.3) ─┘
//
// The catalog is a folder and stays in reach: cut off are silos from silos and from clients.

using System.Diagnostics;
using System.Globalization;
using IngoDB.Cli.Clusters;
using IngoDB.Silo;

namespace IngoDB.ClusterBench.Silos;

/// <summary>Namespaces until they are disposed of. Not thread-safe; one at a time on a machine.</summary>
internal sealed class SiloNetworks : IAsyncDisposable
{
    private const string Bridge = "ingob-br";
    private readonly int _count;

    private SiloNetworks(int count) => _count = count;

    /// <summary>Null: it can be done.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "ip")))) return "there is no `ip`";
        if (await TryAsync("netns", "add", "ingob-probe") is { } refused) return $"no namespace can be made: {refused}";
        return await TryAsync("netns", "del", "ingob-probe");
    }

    public static async Task<SiloNetworks> MakeAsync(int count)
    {
        var networks = new SiloNetworks(count);
        try
        {
            await networks.RemoveAsync();
            await IpAsync("link", "add", Bridge, "type", "bridge");
            await IpAsync("addr", "add", "10.213.77.254/24", "dev", Bridge);
            await IpAsync("link", "set", Bridge, "up");
            for (var number = 1; number <= count; number++)
            {
                var (space, inside, outside) = (Space(number), $"{Space(number)}i", Outside(number));
                await IpAsync("netns", "add", space);
                await IpAsync("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", space);
                await IpAsync("link", "set", outside, "master", Bridge, "up");
                await IpAsync("-n", space, "addr", "add", $"{Address(number)}/24", "dev", inside);
                await IpAsync("-n", space, "link", "set", inside, "up");
                await IpAsync("-n", space, "link", "set", "lo", "up");
            }

            return networks;
        }
        catch
        {
            await networks.DisposeAsync();
            throw;
        }
    }

    /// <summary>The silo program in the silo's own network.</summary>
    public ProcessStartInfo Program(SiloSettings settings)
    {
        var number = int.Parse(settings.Name.Split('-')[^1], CultureInfo.InvariantCulture);
        var start = SiloProcess.Program(settings with { More = new Dictionary<string, string?>(settings.More) { ["Orleans:Endpoints:AdvertisedIPAddress"] = Address(number) } });
        foreach (var (at, word) in new[] { "netns", "exec", Space(number), start.FileName }.Index()) start.ArgumentList.Insert(at, word);
        start.FileName = "ip";
        return start;
    }

    public Task CutAsync(int number) => IpAsync("link", "set", Outside(number), "down");

    public Task HealAsync(int number) => IpAsync("link", "set", Outside(number), "up");

    public async ValueTask DisposeAsync() => await RemoveAsync();

    private static string Space(int number) => string.Create(CultureInfo.InvariantCulture, $"ingob-{number}");

    private static string Outside(int number) => $"{Space(number)}o";

    private static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"10.213.77.{number}");

    /// <summary>Also what a run has left that was killed.</summary>
    private async Task RemoveAsync()
    {
        for (var number = 1; number <= _count; number++)
        {
            await TryAsync("netns", "del", Space(number));
            await TryAsync("link", "del", Outside(number));
        }

        await TryAsync("link", "del", Bridge);
    }

    private static async Task IpAsync(params string[] words)
    {
        if (await TryAsync(words) is { } refused) throw new InvalidOperationException($"ip {string.Join(' ', words)}: {refused}");
    }

    /// <summary>What went wrong; null: nothing.</summary>
    private static async Task<string?> TryAsync(params string[] words)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", words) { RedirectStandardError = true })!;
        var said = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        return ip.ExitCode == 0 ? null : said.Trim();
    }
}
