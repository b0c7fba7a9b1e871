// Everything a replica knows. One immutable value, replaced with every step, so that what a rule looks at can not change
// while it looks.

using System.Collections.Immutable;
using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.States;

/// <summary>A session's read that waits until this replica has what the session saw.</summary>
internal readonly record struct WaitingRead(long Ticket, Lsn Token, TimeSpan Since);

internal sealed record ReplicaState
{
    public required ReplicaAddress Me { get; init; }

    public required Standing Standing { get; init; }

    /// <summary>There was no state file when it was opened: this replica never took part in anything.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Some record that was read has named this copy.</summary>
    public bool IsListed { get; init; }

    /// <summary>Being mended, it has everything again; it is whole when that stands on disk.</summary>
    public bool IsMended { get; init; }

    public required LogState Log { get; init; }

    /// <summary>Known to be committed, and applied by the host.</summary>
    public Lsn Committed { get; init; }

    /// <summary>The highest epoch seen (S6).</summary>
    public Epoch Adopted { get; init; }

    /// <summary>Who leads it, as far as known.</summary>
    public CopyId AdoptedPrimary { get; init; }

    /// <summary>The highest adopted epoch that is on disk.</summary>
    public Epoch SavedEpoch { get; init; }

    /// <summary>Up to here the log was compared with that of the adopted epoch's primary.</summary>
    public Lsn Match { get; init; }

    /// <summary>What the adopted epoch's primary has said is committed.</summary>
    public Lsn PrimaryCommit { get; init; }

    public CatalogKnowledge Catalog { get; init; } = CatalogKnowledge.Nothing;

    /// <summary>Hybrid clock: every version given from now on is greater.</summary>
    public DocumentVersion Clock { get; init; }

    /// <summary>Snapshots up to it can be served here.</summary>
    public ClosedPoint Closed { get; init; }

    /// <summary>A later one, for which something is still to be committed here.</summary>
    public ClosedPoint ClosedNext { get; init; }

    /// <summary>How fresh it is, and was, the newest last; what each says is committed here.</summary>
    public ImmutableArray<FreshPoint> Fresh { get; init; } = [];

    /// <summary>A later one, for which something is still to be committed here.</summary>
    public FreshPoint FreshNext { get; init; }

    /// <summary>When the primary was last heard.</summary>
    public TimeSpan LastHeard { get; init; }

    /// <summary>With leases: no take-over before.</summary>
    public TimeSpan PromisedUntil { get; init; }

    /// <summary>The primary's time of the newest append.</summary>
    public TimeSpan Echo { get; init; } = Moment.LongAgo;

    /// <summary>What it has is given up (S10): it says nothing until that stands on disk, and is opened anew then, broken.</summary>
    public bool IsDiscarding { get; init; }

    /// <summary>A snapshot is being written.</summary>
    public bool IsInstalling { get; init; }

    public ImmutableArray<WaitingRead> Waiting { get; init; } = [];

    /// <summary>What it knows as the primary of the adopted epoch; null: it is not.</summary>
    public LeaderState? Leader { get; init; }
}
