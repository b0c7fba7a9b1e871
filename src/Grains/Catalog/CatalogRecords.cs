// What the catalog says, as JSON records (docs/formats/catalog.md). Every record carries the id of the change that
// wrote it: after a write whose outcome is unknown, reading the record back and finding one's own id means that it
// happened.

using System.Text.Json.Serialization;
using IngoDB.Engine.Advising;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Base of the records; the list is closed.</summary>
internal abstract record CatalogRecord
{
    /// <summary>Random, new with every change.</summary>
    public string ChangeId { get; init; } = "";
}

/// <summary>The cluster: one record.</summary>
internal sealed record ClusterRecord : CatalogRecord
{
    public const int FormatVersionKnown = 1;

    public required string ClusterId { get; init; }

    public int FormatVersion { get; init; } = FormatVersionKnown;

    /// <summary>Signs continuation and snapshot tokens.</summary>
    public required byte[] TokenKey { get; init; }

    public IReadOnlyList<string> Nodes { get; init; } = [];

    public IReadOnlyList<string> Databases { get; init; } = [];
}

/// <summary>A folder with data, and the process that last served it.</summary>
internal sealed record NodeRecord : CatalogRecord
{
    public required string NodeId { get; init; }

    public required string Name { get; init; }

    /// <summary>Grows with every start; the lower of two that claim one node is the impostor.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>What fails with it; empty: not said.</summary>
    public string Zone { get; init; } = "";

    /// <summary>An operator wants it empty; it stays so across restarts.</summary>
    public bool Draining { get; init; }
}

internal sealed record DatabaseRecord : CatalogRecord
{
    public required string Name { get; init; }

    public required int PartitionCount { get; init; }

    public required long HashSeed { get; init; }

    /// <summary>False while the partitions are being assigned for the first time.</summary>
    public bool Active { get; init; }

    public bool Buffered { get; init; }

    public uint NextCollectionId { get; init; } = 1;

    public IReadOnlyList<CollectionRecord> Collections { get; init; } = [];

    public IReadOnlyList<IndexRecord> Indexes { get; init; } = [];

    /// <summary>Ids count up from 1 and are never given again, so what is missing among them was dropped.</summary>
    [JsonIgnore]
    public IEnumerable<uint> DroppedCollections
    {
        get
        {
            var live = Collections.Select(c => c.Id).ToHashSet();
            for (var id = 1u; id < NextCollectionId; id++)
                if (!live.Contains(id)) yield return id;
        }
    }
}

/// <summary>An id is never given twice, whatever happens to its collection.</summary>
internal sealed record CollectionRecord(uint Id, string Name)
{
    /// <summary>0: documents stay.</summary>
    public long TimeToLiveMilliseconds { get; init; }

    public bool? Buffered { get; init; }

    [JsonIgnore]
    public CollectionOptions Options => TimeToLiveMilliseconds == 0 && Buffered is null
        ? CollectionOptions.Default
        : new() { TimeToLive = TimeToLiveMilliseconds == 0 ? null : TimeSpan.FromMilliseconds(TimeToLiveMilliseconds), Buffered = Buffered };

    public CollectionRecord With(CollectionOptions options) => this with { TimeToLiveMilliseconds = (long)(options.TimeToLive?.TotalMilliseconds ?? 0), Buffered = options.Buffered };
}

/// <summary>An index that every partition has, and who wanted it.</summary>
internal sealed record IndexRecord(uint Collection, string Path, string Cause);

/// <summary>What the advisor of a collection remembers: rules, decisions, trials. One record a collection.</summary>
internal sealed record LearningRecord : CatalogRecord
{
    public required string Database { get; init; }

    public required uint Collection { get; init; }

    public required LearnerState State { get; init; }
}

/// <summary>Who serves a partition. A new owner means a new epoch.</summary>
internal sealed record PartitionRecord : CatalogRecord
{
    public required string Database { get; init; }

    public required int Partition { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>The node that has the data.</summary>
    public required string Primary { get; init; }

    /// <summary>Its copies; null: it has one, on <see cref="Primary"/>.</summary>
    public CopiesRecord? Copies { get; init; }
}

/// <summary>The copies of a partition, by id (docs/replication.md). Translated and checked by <c>ReplicaRecords</c>.</summary>
internal sealed record CopiesRecord
{
    /// <summary>Of the partition's data.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>One more with every change.</summary>
    public required long Version { get; init; }

    public required Guid Primary { get; init; }

    /// <summary>Which node has which copy. Who is in no list any more leaves it with the next change.</summary>
    public required IReadOnlyList<CopyPlace> Places { get; init; }

    /// <summary>Who should have a copy, in order of preference.</summary>
    public required IReadOnlyList<Guid> Replicas { get; init; }

    /// <summary>Who durably holds every committed entry.</summary>
    public required IReadOnlyList<Guid> InSync { get; init; }

    public IReadOnlyList<Guid> Learners { get; init; } = [];

    public required int MinInSync { get; init; }

    public int DataLosses { get; init; }

    /// <summary>How many there should be; 0 (a record from before there were moves): as many as are in <see cref="Replicas"/>.</summary>
    public int Wanted { get; init; }

    /// <summary>What <see cref="MinInSync"/> is when nothing was forced; 0: that.</summary>
    public int MinWanted { get; init; }

    /// <summary>Copies that go as soon as others stand for them.</summary>
    public IReadOnlyList<Guid> Leaving { get; init; } = [];

    /// <summary>Nodes that shall make a copy.</summary>
    public IReadOnlyList<string> Ordered { get; init; } = [];
}

internal sealed record CopyPlace(Guid Copy, string Node);

[JsonSerializable(typeof(ClusterRecord))]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(DatabaseRecord))]
[JsonSerializable(typeof(PartitionRecord))]
[JsonSerializable(typeof(LearningRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class CatalogJson : JsonSerializerContext;
