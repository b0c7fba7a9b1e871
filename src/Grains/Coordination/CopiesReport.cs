// One partition's copies as an operator sees them: the catalog's record, and beside it what each copy says of itself, as far as it answers.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Replicas;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Pure.</summary>
internal static class CopiesReport
{
    public static Document Of(PartitionRecord record, IReadOnlyList<NodeRecord> nodes, IReadOnlyCollection<string> live, IReadOnlyDictionary<Guid, CopyStatusReply> told)
    {
        if (record.Copies is not { } copies)
            return Document.Of(("partition", record.Partition), ("epoch", record.Epoch), ("primary", NameOf(nodes, record.Primary)), ("wanted", 1), ("inSync", 1), ("minInSync", 1), ("missing", live.Contains(record.Primary) ? Value.Null : "its node is not up"));
        var primary = told.GetValueOrDefault(copies.Primary);
        var places = copies.Places.Where(place => copies.Replicas.Contains(place.Copy) || copies.InSync.Contains(place.Copy) || copies.Learners.Contains(place.Copy));
        return Document.Of(
            ("partition", record.Partition),
            ("epoch", record.Epoch),
            ("primary", NameOf(nodes, record.Primary)),
            ("wanted", ReplicaPlacement.WantedOf(copies)),
            ("inSync", copies.InSync.Count),
            ("minInSync", copies.MinInSync),
            ("dataLosses", copies.DataLosses),
            ("missing", Missing(copies, primary, nodes) is { } missing ? missing : Value.Null),
            ("copies", Value.From([.. places.Select(place => Value.From(CopyOf(copies, place, nodes, primary, told.GetValueOrDefault(place.Copy))))])));
    }

    private static Document CopyOf(CopiesRecord copies, CopyPlace place, IReadOnlyList<NodeRecord> nodes, CopyStatusReply? primary, CopyStatusReply? copy) => Document.Of(
        ("copy", place.Copy.ToString("N")),
        ("node", place.Node),
        ("name", NameOf(nodes, place.Node)),
        ("role", place.Copy == copies.Primary ? "primary" : copies.Leaving.Contains(place.Copy) || !(copies.Replicas.Contains(place.Copy) || copies.Learners.Contains(place.Copy)) ? "leaving" : copies.Learners.Contains(place.Copy) ? "learner" : "follower"),
        ("inSync", copies.InSync.Contains(place.Copy)),
        ("state", copy is null ? "not answering" : copy.IsServing ? "serving" : copy.Standing == nameof(Replication.States.Standing.Whole) ? "ok" : copy.Standing.ToLowerInvariant()),
        ("last", copy is null ? Value.Null : copy.Last),
        ("behind", copy is null || primary is null ? Value.Null : Math.Max(0, primary.Last - copy.Last)),
        ("alarm", copy?.LatestAlarm is { } alarm ? alarm : Value.Null));

    /// <summary>Null: nothing.</summary>
    private static string? Missing(CopiesRecord copies, CopyStatusReply? primary, IReadOnlyList<NodeRecord> nodes)
    {
        var missing = new List<string>();
        if (primary?.IsServing != true) missing.Add(copies.InSync.Count >= copies.MinInSync ? "no copy serves it" : $"no copy serves it: {copies.InSync.Count} in sync, {copies.MinInSync} needed");
        if (copies.InSync.Count < ReplicaPlacement.WantedOf(copies)) missing.Add($"{copies.InSync.Count} of {ReplicaPlacement.WantedOf(copies)} copies in sync");
        if (copies.Ordered.Count > 0) missing.Add($"a copy ordered from {string.Join(", ", copies.Ordered.Select(node => NameOf(nodes, node)))}");
        return missing.Count == 0 ? null : string.Join("; ", missing);
    }

    private static string NameOf(IReadOnlyList<NodeRecord> nodes, string id) => nodes.FirstOrDefault(node => node.NodeId == id)?.Name ?? id;
}
