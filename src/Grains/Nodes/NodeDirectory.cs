// Node id → the silo that serves it now. Silos publish their node's id and incarnation as metadata, which every other
// silo fetches once. Of two silos that claim one node (a killed process and its successor, before the first is declared
// dead) the higher incarnation is right: it holds the folder's lock.

using System.Collections.Frozen;
using System.Globalization;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace IngoDB.Grains.Nodes;

/// <summary>Where nodes are. Thread-safe; answers from memory.</summary>
internal sealed class NodeDirectory(IClusterMembershipService membership, ISiloMetadataCache metadata, ILocalSiloDetails local, NodeIdentity self, TimeProvider time)
{
    public const string NodeKey = "ingodb.node";
    public const string IncarnationKey = "ingodb.incarnation";

    private static readonly TimeSpan MetadataPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan MetadataPatience = TimeSpan.FromSeconds(1);

    private View? _view;

    public SiloAddress LocalSilo => local.SiloAddress;

    /// <summary>The silo of a node; null when it is down. Waits a moment for metadata that is on its way.</summary>
    public ValueTask<SiloAddress?> FindAsync(string node, CancellationToken cancellationToken)
    {
        if (node == self.Id) return new(LocalSilo);
        var view = Current();
        return view.Silos.TryGetValue(node, out var silo) ? new(silo) : view.IsComplete ? new((SiloAddress?)null) : new(FindWhenKnownAsync(node, cancellationToken));
    }

    /// <summary>Ids of the nodes that are up.</summary>
    public async ValueTask<IReadOnlyCollection<string>> LiveNodesAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!Current().IsComplete && time.GetElapsedTime(began) < MetadataPatience) await Task.Delay(MetadataPause, time, cancellationToken).ConfigureAwait(false);
        return [.. Current().Silos.Keys.Append(self.Id).Distinct()];
    }

    private async Task<SiloAddress?> FindWhenKnownAsync(string node, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < MetadataPatience)
        {
            await Task.Delay(MetadataPause, time, cancellationToken).ConfigureAwait(false);
            var view = Current();
            if (view.Silos.TryGetValue(node, out var silo)) return silo;
            if (view.IsComplete) break;
        }

        return null;
    }

    private View Current()
    {
        var members = membership.CurrentSnapshot;
        var view = Volatile.Read(ref _view);
        if (view is { IsComplete: true } && view.Version == members.Version) return view;
        view = Build(members);
        Volatile.Write(ref _view, view);
        return view;
    }

    private View Build(ClusterMembershipSnapshot members)
    {
        var best = new Dictionary<string, (SiloAddress Silo, ulong Incarnation)>(StringComparer.Ordinal);
        var complete = true;
        foreach (var member in members.Members.Values)
        {
            if (member.Status != SiloStatus.Active || member.SiloAddress.Equals(LocalSilo)) continue;
            var known = metadata.GetSiloMetadata(member.SiloAddress).Metadata;
            if (!known.TryGetValue(NodeKey, out var node))
            {
                complete &= !known.IsEmpty;
                continue;
            }

            var incarnation = ulong.Parse(known.GetValueOrDefault(IncarnationKey, "0"), CultureInfo.InvariantCulture);
            if (!best.TryGetValue(node, out var other) || other.Incarnation < incarnation) best[node] = (member.SiloAddress, incarnation);
        }

        return new(members.Version, complete, best.ToFrozenDictionary(n => n.Key, n => n.Value.Silo, StringComparer.Ordinal));
    }

    /// <param name="IsComplete">Every active silo's metadata was known.</param>
    private sealed record View(MembershipVersion Version, bool IsComplete, FrozenDictionary<string, SiloAddress> Silos);
}
