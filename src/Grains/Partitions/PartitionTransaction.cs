// The steps of an atomic batch over several partitions (Engine/Transactions), as a partition is asked to take them. One envelope for all of
// them: a step more is no new message.

using IngoDB.Abstractions;

namespace IngoDB.Grains.Partitions;

/// <summary>What is asked. On the wire: never change the numbers.</summary>
internal enum TransactionAct : byte
{
    /// <summary>A participant: take the keys of the pages, and promise.</summary>
    Prepare = 1,

    /// <summary>The coordinator partition: write the pages, and commit all.</summary>
    Decide = 2,

    /// <summary>The coordinator partition: what was answered to this request before, if anything.</summary>
    Recall = 3,

    /// <summary>The coordinator partition: what has become of it.</summary>
    Ask = 4,

    /// <summary>The coordinator partition: its driver gives it up.</summary>
    GiveUp = 5,

    /// <summary>A participant: the coordinator partition's word.</summary>
    Finish = 6,

    /// <summary>The coordinator partition: everybody has finished.</summary>
    Forget = 7,
}

/// <summary>One step at one partition.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.transaction")]
internal sealed class PartitionTransaction
{
    [Id(0)] public required TransactionAct Act { get; init; }

    [Id(1)] public required Guid Transaction { get; init; }

    /// <summary>Prepare: the partition that decides.</summary>
    [Id(2)] public int Coordinator { get; init; }

    /// <summary>Prepare, decide: the partition's own writes.</summary>
    [Id(3)] public CollectionPage[] Pages { get; init; } = [];

    /// <summary>Decide: the others.</summary>
    [Id(4)] public int[] Participants { get; init; } = [];

    /// <summary>Decide: the least version at which one of them prepared. Ask, give up: the version of who asks. Finish: that of the commit, or 0.</summary>
    [Id(5)] public ulong Version { get; init; }

    /// <summary>Decide: the greatest version at which one of them prepared. Finish: the coordinator partition's clock when it was given up.</summary>
    [Id(6)] public ulong Latest { get; init; }

    /// <summary>Decide: of the whole batch, as the participants said.</summary>
    [Id(7)] public WriteOutcome[] Outcomes { get; init; } = [];

    /// <summary>Decide: where among the outcomes the partition's own writes stand.</summary>
    [Id(8)] public int[] Own { get; init; } = [];

    [Id(9)] public Guid Session { get; init; }

    [Id(10)] public long Sequence { get; init; }

    [Id(11)] public ulong Fingerprint { get; init; }
}

/// <summary>What came of it.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.partition.transaction-reply")]
internal sealed class PartitionTransactionReply
{
    /// <summary>Prepare: of the pages' writes. Decide: of the whole batch, or of the own writes when one of these was refused. Recall: of the whole batch, or none.</summary>
    [Id(0)] public WriteOutcome[] Outcomes { get; init; } = [];

    /// <summary>Prepare: its version, or 0 when a write was refused. Decide: that of the commit, or 0. Ask: the same.</summary>
    [Id(1)] public ulong Version { get; init; }

    /// <summary>Decide: a write was refused. Ask: nothing is decided yet.</summary>
    [Id(2)] public bool IsOpen { get; init; }

    [Id(3)] public Fault? Fault { get; init; }

    /// <summary>Ask, give up: the coordinator partition's clock.</summary>
    [Id(4)] public ulong Clock { get; init; }
}
