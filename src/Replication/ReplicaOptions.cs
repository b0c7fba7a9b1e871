// Times and sizes. They decide how soon a dead primary is replaced and how much is under way, never what is promised; the only
// two that a promise depends on are those of leases, which are off by default. The values are those of replication.md 3.7 to 3.9:
// a primary is missed after 1.5 s, and members then try in turn.

namespace IngoDB.Replication;

/// <summary>Times and sizes of the protocol. Safety depends on none of them but, with <see cref="Leases"/>, on PromiseLength &gt; LeaseLength.</summary>
public sealed record ReplicaOptions
{
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A primary that says nothing, or a member that acknowledges nothing, for so long is taken for dead.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Candidates wait longer the later they stand in the order of preference.</summary>
    public TimeSpan RankDelay { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Of this replica; random, from outside.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>After so long an append or a confirmation is sent again.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>After so long without all confirmations the catalog is asked (S8).</summary>
    public TimeSpan ConfirmStall { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>After so long without an answer the catalog is asked again.</summary>
    public TimeSpan CatalogPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a primary looks whether somebody else has changed the record.</summary>
    public TimeSpan CatalogReadEvery { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan SnapshotEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a hand-off may take before the primary goes on.</summary>
    public TimeSpan HandOffPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A copy that said that it is about to end is not counted in sync for so long, unless it is another process by then.</summary>
    public TimeSpan LeavePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a primary that is not wanted any more offers the lead (M3). Writes wait while it does.</summary>
    public TimeSpan OfferEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a read of a session waits for what the session has seen.</summary>
    public TimeSpan SessionPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Members promise the primary of whom they hear not to take over for <see cref="PromiseLength"/>. Every replica of a partition has the same.</summary>
    public bool Leases { get; init; }

    /// <summary>L: a primary reads locally so long after it sent what every member has answered.</summary>
    public TimeSpan LeaseLength { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>G: greater than L by more than steady clocks may drift apart in that time.</summary>
    public TimeSpan PromiseLength { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How far the ceiling is raised above what needs it.</summary>
    public TimeSpan CeilingStep { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The ceiling follows the clock also while nobody asks for a snapshot, one entry for each step, so that followers can serve snapshots and bounded reads.</summary>
    public bool ClosesVersions { get; init; }

    /// <summary>How far behind the clock versions are closed, so that followers can serve snapshots.</summary>
    public TimeSpan ClosedLag { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A snapshot further ahead of our clock than this is refused.</summary>
    public TimeSpan SkewMax { get; init; } = TimeSpan.FromMilliseconds(500);

    public int EntriesPerAppendMax { get; init; } = 64;

    /// <summary>How many entries may be under way to one follower.</summary>
    public int WindowEntries { get; init; } = 256;
}
