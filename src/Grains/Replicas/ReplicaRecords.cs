// Between the catalog's JSON and the record that the protocol decides on. What comes from a store is input like any other: a
// record that contradicts itself is corruption, named by its key, before a replica can act on it.
//
//     JSON  database, partition, epoch, primary (node), changeId, copies { version, primary (copy), places, replicas, inSync, ... }
//     ⇄     PartitionRecord { Epoch, Version, Primary, Replicas, Isr, Learners, MinIsr, ... }  and who has which copy

using System.Globalization;
using IngoDB.Grains.Catalog;
using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;
using PartitionRecord = IngoDB.Replication.Records.PartitionRecord;

namespace IngoDB.Grains.Replicas;

/// <summary>Translates and checks.</summary>
internal static class ReplicaRecords
{
    private const int CopiesMax = 32;

    /// <exception cref="CorruptionException">It contradicts itself, or has no copies.</exception>
    public static PartitionRecord Read(CatalogPartition json)
    {
        var copies = json.Copies ?? throw Corrupt(json, "no copies");
        var places = copies.Places.Select(place => place.Copy).ToHashSet();
        var record = new PartitionRecord
        {
            Uuid = copies.Uuid,
            Epoch = new((long)json.Epoch),
            Version = copies.Version,
            Primary = new(copies.Primary),
            Replicas = SetOf(copies.Replicas),
            Isr = SetOf(copies.InSync),
            Learners = SetOf(copies.Learners),
            MinIsr = copies.MinInSync,
            DataLosses = copies.DataLosses,
            ChangeId = ReadChange(json),
        };
        if (copies.Uuid == Guid.Empty || json.Epoch is 0 or > long.MaxValue || copies.Version <= 0 || copies.DataLosses < 0) throw Corrupt(json, "an id or a number that can not be");
        if (copies.MinInSync < 1 || record.Isr.Count < copies.MinInSync) throw Corrupt(json, $"{record.Isr.Count} in-sync, and at least {copies.MinInSync} (and one) there must be");
        if (record.Receivers.Count > CopiesMax || places.Count != copies.Places.Count) throw Corrupt(json, "too many copies, or one in two places");
        if (!record.Isr.Contains(record.Primary) && copies.Version > 1) throw Corrupt(json, "a primary that is not in-sync");
        foreach (var copy in record.Receivers.Members)
            if (!places.Contains(copy.Value)) throw Corrupt(json, $"copy {copy} is nowhere");
        return record;
    }

    /// <param name="json">What the record was decided on; the places of copies are taken from it.</param>
    /// <param name="record">What it shall be.</param>
    public static CatalogPartition Write(CatalogPartition json, PartitionRecord record)
    {
        var places = json.Copies!.Places.Where(place => record.Receivers.Contains(new(place.Copy))).ToList();
        Invariant.Holds(places.Count == record.Receivers.Count);
        return json with
        {
            Epoch = (ulong)record.Epoch.Value,
            Primary = places.First(place => place.Copy == record.Primary.Value).Node,
            ChangeId = WriteChange(record.ChangeId),
            Copies = json.Copies with
            {
                Version = record.Version,
                Primary = record.Primary.Value,
                Places = places,
                Replicas = [.. record.Replicas.Members.Select(copy => copy.Value)],
                InSync = [.. record.Isr.Members.Select(copy => copy.Value)],
                Learners = [.. record.Learners.Members.Select(copy => copy.Value)],
                MinInSync = record.MinIsr,
                DataLosses = record.DataLosses,
                Leaving = [.. json.Copies.Leaving.Where(copy => record.Receivers.Contains(new(copy)))],
            },
        };
    }

    private static NodeSet SetOf(IReadOnlyList<Guid> copies) => NodeSet.Of([.. copies.Select(copy => new CopyId(copy))]);

    private static string WriteChange(ChangeId change) => string.Create(CultureInfo.InvariantCulture, $"{change.Copy.Value:N}/{change.Incarnation}/{change.Number}");

    /// <summary>A change that no copy has made (a balancer's, an operator's) has a name of another form, and is nobody's.</summary>
    private static ChangeId ReadChange(CatalogPartition json) => json.ChangeId.Split('/') is [var copy, var incarnation, var number]
        && Guid.TryParseExact(copy, "N", out var id) && ulong.TryParse(incarnation, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? new(new(id), start, count)
        : default;

    private static CorruptionException Corrupt(CatalogPartition json, string why) => new($"catalog record partition/{json.Database}/{json.Partition}", 0, why);
}
