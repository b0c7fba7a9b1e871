// What a copy says of itself on disk, beside its log and tables:
//
//   <folder>/REPLICA       this file: whose copy it is, which epoch it has adopted, how far its log was synced
//   <folder>/g3/log        the replicated log         g3: the third content; a snapshot that replaces everything is put beside the
//   <folder>/g3/engine     the tables                 old one as g4, and counts from the moment when REPLICA says so
//
// No REPLICA, no copy: whatever else lies in the folder was never acknowledged by anybody.

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;

namespace IngoDB.Grains.Replicas;

/// <summary>The state file of a copy. Immutable.</summary>
internal sealed record ReplicaFile
{
    public const int FormatKnown = 1;
    public const string Name = "REPLICA";

    public int Format { get; init; } = FormatKnown;

    public required Guid Copy { get; init; }

    /// <summary>Of the partition's data.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The highest epoch that it has taken part in.</summary>
    public long Adopted { get; init; }

    /// <summary>False: it has lost something, whatever its log looks like.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>The log was durable up to here when this was written.</summary>
    public long Synced { get; init; }

    /// <summary>Which content counts.</summary>
    public long Generation { get; init; } = 1;

    /// <summary>Processes of this copy so far.</summary>
    public ulong Opened { get; init; }

    public RecordFile? Record { get; init; }
}

/// <summary>The catalog's record as this copy last knew it: it must never be told less.</summary>
internal sealed record RecordFile(Guid Uuid, long Epoch, long Version, Guid Primary, ImmutableArray<Guid> Replicas, ImmutableArray<Guid> InSync, ImmutableArray<Guid> Learners, int MinInSync, int DataLosses, Guid ChangedBy, ulong ChangedIn, long Change)
{
    public static RecordFile? Of(PartitionRecord? record) => record is null ? null : new(
        record.Uuid, record.Epoch.Value, record.Version, record.Primary.Value, IdsOf(record.Replicas), IdsOf(record.Isr), IdsOf(record.Learners), record.MinIsr, record.DataLosses,
        record.ChangeId.Copy.Value, record.ChangeId.Incarnation, record.ChangeId.Number);

    public PartitionRecord ToRecord() => new()
    {
        Uuid = Uuid,
        Epoch = new Epoch(Epoch),
        Version = Version,
        Primary = new(Primary),
        Replicas = SetOf(Replicas),
        Isr = SetOf(InSync),
        Learners = SetOf(Learners),
        MinIsr = MinInSync,
        DataLosses = DataLosses,
        ChangeId = new(new(ChangedBy), ChangedIn, Change),
    };

    private static ImmutableArray<Guid> IdsOf(NodeSet copies) => [.. copies.Members.Select(copy => copy.Value)];

    private static NodeSet SetOf(ImmutableArray<Guid> copies) => NodeSet.Of([.. copies.Select(copy => new CopyId(copy))]);
}

/// <summary>What stood in the log up to where it was trimmed, or where a snapshot begins it.</summary>
internal sealed record LogBaseFile(long Lsn, ulong LastVersion, ulong Ceiling, ImmutableArray<ImmutableArray<long>> Runs)
{
    public const string Name = "BASE";

    public static LogBaseFile Empty { get; } = new(0, 0, 0, []);

    public EpochHistory ToHistory() => EpochHistory.From(Runs.Select(run => new EpochRun(new(run[0]), new(run[1]))));

    public static LogBaseFile Of(Lsn lsn, ulong lastVersion, ulong ceiling, EpochHistory history)
        => new(lsn.Value, lastVersion, ceiling, [.. history.Runs.Select(run => ImmutableArray.Create(run.Epoch.Value, run.First.Value))]);
}

[JsonSerializable(typeof(ReplicaFile))]
[JsonSerializable(typeof(LogBaseFile))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class ReplicaJson : JsonSerializerContext;
