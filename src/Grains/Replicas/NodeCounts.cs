using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>What a node has, by the catalog.</summary>
internal static class NodeCounts
{
    /// <summary>It has a copy that is in some list, or was asked for one.</summary>
    public static bool IsOn(CatalogPartition record, string node)
    {
        if (record.Copies is not { } copies) return record.Primary == node;
        return copies.Ordered.Contains(node) || copies.Places.Any(place => place.Node == node && (copies.Replicas.Contains(place.Copy) || copies.InSync.Contains(place.Copy) || copies.Learners.Contains(place.Copy)));
    }
}
