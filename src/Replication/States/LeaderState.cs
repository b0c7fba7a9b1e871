// What only a primary knows: how far every other copy is, who waits for what.

using System.Collections.Immutable;
using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.States;

/// <summary>What a peer's clock said, and when that was heard by ours.</summary>
internal readonly record struct ClockStamp(TimeSpan At, TimeSpan HeardAt);

/// <summary>How far another copy is.</summary>
internal sealed record Peer(CopyId Copy)
{
    /// <summary>Its newest process that was heard; 0: none yet.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>It durably has our log up to here.</summary>
    public Lsn Match { get; init; }

    /// <summary>What to send next.</summary>
    public Lsn Next { get; init; }

    public long ConfirmedRound { get; init; }

    public TimeSpan HeardAt { get; init; }

    /// <summary>When its match last grew or was all there is.</summary>
    public TimeSpan ProgressAt { get; init; }

    public TimeSpan SnapshotAt { get; init; } = Moment.LongAgo;

    /// <summary>Stamps of its clock for which it was not told yet how fresh it is.</summary>
    public ImmutableArray<ClockStamp> Stamps { get; init; } = [];

    /// <summary>We sent it at this time of our clock, and it has heard that and knew nobody above us.</summary>
    public TimeSpan HeardSince { get; init; } = Moment.LongAgo;

    /// <summary>We sent it at this time of our clock, and it has promised since.</summary>
    public TimeSpan PromisedSince { get; init; } = Moment.LongAgo;

    /// <summary>When it last said that it is about to end.</summary>
    public TimeSpan LeavesAt { get; init; } = Moment.LongAgo;

    /// <summary>It was counted in-sync and lacks something that is committed.</summary>
    public bool WentBack { get; init; }

    /// <summary>It has no usable log: entries are of no use to it before a snapshot, be it an empty one.</summary>
    public bool NeedsSnapshot { get; init; }
}

/// <summary>A read that waits for a confirmation, a commit or a ceiling.</summary>
/// <param name="Ticket">Whose.</param>
/// <param name="Kind">Strict, lease, reserve or snapshot.</param>
/// <param name="Round">The confirmations that it waits for; 0: none.</param>
/// <param name="At">The version reserved, or the snapshot.</param>
/// <param name="After">What must be committed first.</param>
internal readonly record struct PendingRead(long Ticket, ReadKind Kind, long Round, DocumentVersion At, Lsn After);

internal sealed record LeaderState(Epoch Epoch)
{
    /// <summary>Where EPOCH_START stands; None: it waits for the adopted epoch to be on disk (S5).</summary>
    public Lsn Start { get; init; }

    public bool HasStarted { get; init; }

    public ImmutableArray<Peer> Peers { get; init; } = [];

    public TimeSpan HeartbeatAt { get; init; } = Moment.LongAgo;

    public long RoundSent { get; init; }

    public long RoundDone { get; init; }

    public TimeSpan RoundSentAt { get; init; }

    public ImmutableArray<PendingRead> Reads { get; init; } = [];

    /// <summary>The ceiling of what is committed: snapshots up to it may be served.</summary>
    public DocumentVersion CommittedCeiling { get; init; }

    /// <summary>Where the entry stands that raises the ceiling, and to what; None: none is under way.</summary>
    public Lsn RaiseAt { get; init; }

    public DocumentVersion RaiseTo { get; init; }

    /// <summary>Who shall take over; None: nobody.</summary>
    public CopyId Successor { get; init; }

    public TimeSpan HandOffAt { get; init; } = Moment.LongAgo;

    /// <summary>How often the lead was offered because this copy is not wanted any more.</summary>
    public int Offers { get; init; }

    /// <summary>A hand-off was sent; it may arrive at any time, so no lease holds in this epoch any more.</summary>
    public bool HandedOff { get; init; }

    public Peer? Find(CopyId node)
    {
        foreach (var peer in Peers)
            if (peer.Copy == node) return peer;
        return null;
    }

    public LeaderState With(Peer peer)
    {
        for (var i = 0; i < Peers.Length; i++)
            if (Peers[i].Copy == peer.Copy) return this with { Peers = Peers.SetItem(i, peer) };
        return this;
    }
}
