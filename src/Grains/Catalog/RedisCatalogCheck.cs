// Redis compares etags well, and as it comes out of the box it forgets: it writes its log once a second, or not at all, may throw
// keys away when memory is short, and a replica that is promoted may lack the last writes. A catalog that goes back in time tears a
// cluster apart. So a silo that is told where the Redis of its catalog is (IngoDB:CatalogRedis) asks for its settings, and refuses those that lose what was
// acknowledged. IngoDB:CatalogRedisUnchecked=true is how an operator says that he knows better.
//
//     appendonly yes, appendfsync always        what was acknowledged is on disk
//     maxmemory-policy noeviction (or no limit)  no key is thrown away
//     role master                                reads are of what was written last
//
// What this does not do: see an EntryExpiry of the provider (leave it null), or a Sentinel that will promote a replica one day.

using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Whether a Redis server keeps a catalog.</summary>
internal static class RedisCatalogCheck
{
    /// <summary>The settings that are asked for.</summary>
    public static IReadOnlyList<string> Asked { get; } = ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy"];

    /// <summary>What is wrong, each with its remedy; none: it may keep a catalog.</summary>
    /// <param name="settings">As CONFIG GET tells them.</param>
    /// <param name="role">As ROLE tells it.</param>
    public static IReadOnlyList<string> Failures(IReadOnlyDictionary<string, string> settings, string role)
    {
        var failures = new List<string>();
        Check("appendonly", "yes", "without a log nothing survives the end of the server");
        Check("appendfsync", "always", "a power failure takes back what was acknowledged");
        if (settings.GetValueOrDefault("maxmemory", "0") != "0") Check("maxmemory-policy", "noeviction", "records are thrown away when memory is short");
        if (role != "master") failures.Add($"it is a {role}: replicas tell what was written a while ago; name the master");
        return failures;

        void Check(string setting, string wanted, string why)
        {
            var found = settings.GetValueOrDefault(setting, "not told");
            if (found != wanted) failures.Add($"{setting} is {found}: {why}; set it to {wanted}");
        }
    }

    /// <param name="endpoint"><c>host:port</c>, or <c>password@host:port</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnavailableException"><c>catalog.redis_unfit</c>, or <c>catalog.redis_unreachable</c>.</exception>
    public static async ValueTask RunAsync(string endpoint, CancellationToken cancellationToken)
    {
        var (settings, role) = await AskAsync(endpoint, cancellationToken).ConfigureAwait(false);
        var failures = Failures(settings, role);
        if (failures.Count > 0) throw new UnavailableException("catalog.redis_unfit", $"The Redis at {NameOf(endpoint)} would lose the catalog: {string.Join("; ", failures)}. Or set IngoDB:CatalogRedisUnchecked=true.");
    }

    private static async ValueTask<(IReadOnlyDictionary<string, string> Settings, string Role)> AskAsync(string endpoint, CancellationToken cancellationToken)
    {
        try
        {
            using var redis = await RedisQuestions.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            var settings = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var setting in Asked)
                if (await redis.AskAsync(["CONFIG", "GET", setting], cancellationToken).ConfigureAwait(false) is [_, var value]) settings[setting] = value;
            var role = await redis.AskAsync(["ROLE"], cancellationToken).ConfigureAwait(false);
            return (settings, role.Count > 0 ? role[0] : "stranger");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or FormatException)
        {
            throw new UnavailableException("catalog.redis_unreachable", $"The Redis at {NameOf(endpoint)} does not tell its settings: {e.Message}", e);
        }
    }

    /// <summary>Without the password.</summary>
    private static string NameOf(string endpoint) => endpoint[(endpoint.LastIndexOf('@') + 1)..];
}
