// Where copies should be, on the catalog's JSON: what the planner sees in it, and what becomes of it when the planner (or an operator) has decided.
// Every change is one compare-and-swap of the partition's record; places of copies that are in no list any more leave with it.

using IngoDB.Grains.Catalog;
using IngoDB.Model;
using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>Pure.</summary>
internal static class ReplicaPlacement
{
    /// <exception cref="CorruptionException">The record contradicts itself.</exception>
    public static PlacementState StateOf(CatalogPartition json)
    {
        var (copies, record) = (json.Copies!, ReplicaRecords.Read(json));
        return new()
        {
            Record = record,
            Places = [.. copies.Places.Select(place => new PlacedCopy(new(place.Copy), place.Node))],
            Wanted = WantedOf(copies),
            MinWanted = copies.MinWanted > 0 ? copies.MinWanted : copies.MinInSync,
            Leaving = NodeSet.Of([.. copies.Leaving.Select(copy => new CopyId(copy))]),
            Ordered = copies.Ordered,
        };
    }

    public static int WantedOf(CopiesRecord copies) => copies.Wanted > 0 ? copies.Wanted : copies.Replicas.Count;

    /// <summary>The record as it was chosen to be; the same one when there is nothing to do.</summary>
    public static CatalogPartition Apply(CatalogPartition json, CopyChoice choice) => choice switch
    {
        CopyChoice.Order order => Order(json, order.Node),
        CopyChoice.CancelOrder cancel => Next(json, copies => copies with { Ordered = [.. copies.Ordered.Where(node => node != cancel.Node)] }),
        CopyChoice.Stay stay => Next(json, copies => copies with { Leaving = [.. copies.Leaving.Where(copy => copy != stay.Copy.Value)] }),
        CopyChoice.Retire retire => Changed(json, record => RecordChanges.Retire(record, retire.Copy)),
        CopyChoice.RaiseFloor floor => Changed(json, record => RecordChanges.RaiseFloor(record, floor.MinIsr)),
        _ => json,
    };

    /// <summary>The node shall make a copy.</summary>
    public static CatalogPartition Order(CatalogPartition json, string node) => Next(json, copies => copies with { Ordered = [.. copies.Ordered.Append(node).Distinct()] });

    /// <summary>The copy of one node goes to another: it leaves when the new one is in sync.</summary>
    public static CatalogPartition Move(CatalogPartition json, Guid leaving, string to)
        => Next(json, copies => copies with { Leaving = [.. copies.Leaving.Append(leaving).Distinct()], Ordered = [.. copies.Ordered.Append(to).Distinct()] });

    /// <summary>S10.</summary>
    public static CatalogPartition Force(CatalogPartition json, Guid successor) => Changed(json, record => RecordChanges.Force(record, new(successor)));

    /// <summary>
    /// A node makes a copy: by order, or because those that it should have are lost. The same record when it should have none: nothing was ordered, or
    /// what is lost was about to leave anyway.
    /// </summary>
    public static CatalogPartition Enlist(CatalogPartition json, string node, Guid copy)
    {
        var record = ReplicaRecords.Read(json);
        var lost = json.Copies!.Places.Where(place => place.Node == node && record.Receivers.Contains(new(place.Copy))).Select(place => place.Copy).ToList();
        var isOrdered = json.Copies.Ordered.Contains(node);
        if (!isOrdered && lost.TrueForAll(json.Copies.Leaving.Contains)) return json;
        var enlisted = lost.Count > 0 ? RecordChanges.Replace(record, [.. lost.Select(one => new CopyId(one))], new(copy)) : RecordChanges.Learn(record, new(copy));
        return ReplicaRecords.Write(json with { Copies = json.Copies with { Places = [.. json.Copies.Places, new(copy, node)], Ordered = [.. json.Copies.Ordered.Where(other => other != node)] } }, enlisted);
    }

    private static CatalogPartition Changed(CatalogPartition json, Func<Replication.Records.PartitionRecord, Replication.Records.PartitionRecord> change) => ReplicaRecords.Write(json, change(ReplicaRecords.Read(json)));

    private static CatalogPartition Next(CatalogPartition json, Func<CopiesRecord, CopiesRecord> change)
    {
        var copies = change(json.Copies!);
        return json with { Copies = copies with { Version = copies.Version + 1 } };
    }
}
