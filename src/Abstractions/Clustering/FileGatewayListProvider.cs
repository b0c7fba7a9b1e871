// How a client on the same machine finds silos: it reads the newest version of the membership table from the
// shared folder. Read-only, and without locks: a version never changes once it has its name, and one that was
// pruned between listing and opening only means that a newer one is there.

using IngoDB.Model;
using Orleans.Messaging;
using Orleans.Runtime;

namespace IngoDB.Abstractions.Clustering;

/// <summary>The gateways of a cluster, from its folder.</summary>
public sealed class FileGatewayListProvider(string membershipDirectory) : IGatewayListProvider
{
    private const int AttemptsMax = 100;

    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(2);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>([.. ReadRows().Rows.Where(IsGateway).Select(ToGateway)]);

    private static bool IsGateway(MembershipRow row) => row is { Status: SiloStatus.Active, ProxyPort: > 0 };

    private static Uri ToGateway(MembershipRow row)
    {
        var silo = SiloAddress.FromParsableString(row.Silo);
        return SiloAddress.New(silo.Endpoint.Address, row.ProxyPort, silo.Generation).ToGatewayUri();
    }

    private MembershipRows ReadRows()
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (NewestVersion() is not { } path) return MembershipRows.Empty;
            if (TryRead(path) is { } file) return MembershipRows.Decode(VersionedFile.Decode(path, file).Content.Span);
        }

        throw new UnavailableException("cluster.membership_unreadable", $"The membership table in {membershipDirectory} changes faster than it can be read.");
    }

    private string? NewestVersion()
    {
        if (!Directory.Exists(membershipDirectory)) return null;
        var newest = Directory.EnumerateFiles(membershipDirectory).Select(path => VersionedFile.VersionOf(Path.GetFileName(path.AsSpan()))).DefaultIfEmpty().Max();
        return newest == 0 ? null : Path.Combine(membershipDirectory, VersionedFile.NameOf(newest));
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
