// The whole protocol in ten rules. Everything else in this house is when to ask and whom to tell; these are what may not be
// different. Each is a pure question with a yes or a no, in one place, under its name:
//
//   S1  what commits                        MustAcknowledge, CommitPoint, MayCommit
//   S2  shrinks late, expands early         MustAcknowledge, MayExpand, AfterUnknown
//   S3  the floor of the in-sync set        KeepsFloor
//   S4  who may take over                   MayTakeOver
//   S5  a primary begins with its entry     MayServe
//   S6  no way back to an older epoch       IsOutdated, MayAnswer
//   S7  logs match                          Matches, Acknowledged, FollowerCommit, Conflicts, MayInstall
//   S8  strict reads, and those of the past NeedsConfirmation, IsConfirmed, LeaseHolds, ConfirmedSince, HasSeen
//   S9  a lost disk is another node         IsMissing, IsMended, IsFromTheLiving
//   S10 force only by an operator           MayDiscard (RecordChanges.Force; no replica ever calls it)
//
// and two of the four of movement, which are of the same kind (the others are PlacementRules):
//
//   M3  an unwanted primary gives away      MayKeepLeading
//   M4  nobody's copy is erased             IsDropped
//
// The methods are virtual for one reason: the tests replace a single rule by a wrong one and must then see a promise broken
// (tests/Simulation/Mutants). In the product there is one instance, and nothing derives from it.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Rules;

internal class SafetyRules
{
    public static SafetyRules Literal { get; } = new();

    /// <summary>
    /// S1, S2: U, whose durable acknowledgement a commit and whose confirmation a strict read needs: the in-sync set as known, and that of any
    /// change of mine which may have taken effect. So a shrink counts only when it is known to have happened, an expand from before it is sent.
    /// </summary>
    public virtual NodeSet MustAcknowledge(CatalogKnowledge catalog) => catalog.Pending is { } pending ? catalog.Isr.Union(pending.Wanted.Isr) : catalog.Isr;

    /// <summary>S1: how far everyone who must has it durably.</summary>
    public virtual Lsn CommitPoint(ReplicaState state, LeaderState leader, NodeSet must)
    {
        var point = state.Log.Durable;
        foreach (var peer in leader.Peers)
            if (must.Contains(peer.Copy)) point = Lsn.Min(point, peer.Match);
        return point;
    }

    /// <summary>S1: nothing inherited is counted alone; it commits with the entry that began the epoch, or behind it.</summary>
    public virtual bool MayCommit(Lsn point, LeaderState leader, PartitionRecord record)
        => leader.Start != Lsn.None && point >= leader.Start && record.Isr.Count >= record.MinIsr;

    /// <summary>
    /// S2: a newcomer is proposed only when it has everything that is committed; from then on nothing commits without it. A primary knows what is committed once its own
    /// first entry is; before that everything in its log may be. (To ask for the whole log always would never let anybody in while many write.)
    /// </summary>
    public virtual bool MayExpand(Peer newcomer, ReplicaState state, LeaderState leader)
        => !newcomer.NeedsSnapshot && (newcomer.Match == state.Log.Last || (MayServe(state, leader) && newcomer.Match >= state.Committed));

    /// <summary>S2: what to make of a compare-and-swap without an answer. Null: nothing; ask the record.</summary>
    public virtual bool? AfterUnknown => null;

    /// <summary>S3: no change leaves the in-sync set smaller than its minimum.</summary>
    public virtual bool KeepsFloor(PartitionRecord record, NodeSet isr) => isr.Count >= record.MinIsr;

    /// <summary>S4: only a member of the in-sync set, which has what it had, knows the record, and has not promised to wait.</summary>
    public virtual bool MayTakeOver(ReplicaState state, PartitionRecord record, TimeSpan now, bool invited)
        => record.Isr.Contains(state.Me.Copy) && state.Standing == Standing.Whole && !state.IsDiscarding && state.Catalog.HeardSinceStart && (invited || now >= state.PromisedUntil);

    /// <summary>S5: no read is served and no write taken before the entry that began the epoch is committed.</summary>
    public virtual bool MayServe(ReplicaState state, LeaderState leader) => leader.Start != Lsn.None && state.Committed >= leader.Start;

    /// <summary>S6: what is said in an epoch below the adopted one is refused.</summary>
    public virtual bool IsOutdated(Epoch said, Epoch adopted) => said < adopted;

    /// <summary>S6: nothing is acknowledged or confirmed before the adopted epoch is on disk, and, after a start, before the record was read.</summary>
    public virtual bool MayAnswer(ReplicaState state)
        => state.SavedEpoch == state.Adopted && state.Catalog.HeardSinceStart && !state.IsDiscarding && state.Standing is not (Standing.Poisoned or Standing.Dropped);

    /// <summary>S1, S7: what a follower acknowledges: compared with the primary's log, and durable.</summary>
    public virtual Lsn Acknowledged(ReplicaState state) => Lsn.Min(state.Match, state.Log.Durable);

    /// <summary>S7: what a follower applies: said to be committed, compared, and durable here.</summary>
    public virtual Lsn FollowerCommit(ReplicaState state) => Lsn.Min(state.PrimaryCommit, Lsn.Min(state.Match, state.Log.Durable));

    /// <summary>S7: the entry that others stand behind is here, also where it was trimmed: after a forced primary what was committed here may be lost elsewhere.</summary>
    public virtual bool Matches(LogState log, Lsn lsn, Epoch epoch) => log.Matches(lsn, epoch);

    /// <summary>S7: only a different entry at the same place cuts the log; the same one again changes nothing.</summary>
    public virtual bool Conflicts(LogState log, LogEntry entry) => entry.Lsn <= log.Last && log.History.At(entry.Lsn) != entry.Epoch;

    /// <summary>
    /// S7: a snapshot replaces the log only if the log does not go on from it. S9: it replaces what is broken only when it stands on disk that this is broken,
    /// because the snapshot wipes out the traces; a start right after it would believe to be whole.
    /// </summary>
    public virtual bool MayInstall(ReplicaState state, Snapshot snapshot)
        => state.Standing == Standing.Broken ? state.SavedEpoch == state.Adopted : snapshot.Lsn > state.Committed && !Matches(state.Log, snapshot.Lsn, snapshot.History.At(snapshot.Lsn));

    /// <summary>
    /// S10: what is committed here, and is not what the primary has, is what an operator has given up; a snapshot takes its place. Nobody counts on a copy that is not
    /// in-sync. Where nothing was ever forced it is a disk that went back in time, and a case for the operator.
    /// </summary>
    public virtual bool MayDiscard(ReplicaState state) => state.Catalog is { HeardSinceStart: true, HasRegressed: false, Record: { DataLosses: > 0 } record } && !record.Isr.Contains(state.Me.Copy);

    /// <summary>S8: whether a strict read has to ask at all: not if nobody else could have taken over.</summary>
    public virtual bool NeedsConfirmation(NodeSet must) => must.Count > 1;

    /// <summary>S8: everyone in U has answered in this round or a later one. A subset is not enough: see the directed schedule ConfirmingFromASubset.</summary>
    public virtual bool IsConfirmed(LeaderState leader, NodeSet must, long round)
    {
        foreach (var peer in leader.Peers)
            if (must.Contains(peer.Copy) && peer.ConfirmedRound < round) return false;
        return true;
    }

    /// <summary>
    /// S8, for the past: the latest time of our clock at which it is known that nobody above us had committed anything. Everyone in U has heard what was sent then, or
    /// later, and had adopted nothing higher; so a bounded read of what is committed now lacks nothing that was acknowledged before.
    /// </summary>
    public virtual TimeSpan ConfirmedSince(LeaderState leader, NodeSet must, TimeSpan now)
    {
        foreach (var peer in leader.Peers)
            if (must.Contains(peer.Copy) && peer.HeardSince < now) now = peer.HeardSince;
        return now;
    }

    /// <summary>A session reads where everything it has seen is committed.</summary>
    public virtual bool HasSeen(ReplicaState state, Lsn token) => state.Committed >= token;

    /// <summary>S8, opt-in: everyone in U has promised, and the lease from then still runs. Asked after the value was read.</summary>
    public virtual bool LeaseHolds(LeaderState leader, NodeSet must, TimeSpan now, ReplicaOptions options)
    {
        if (!options.Leases || leader.HandedOff) return false;
        foreach (var peer in leader.Peers)
            if (must.Contains(peer.Copy) && (peer.PromisedSince == Moment.LongAgo || peer.PromisedSince + options.LeaseLength <= now)) return false;
        return true;
    }

    /// <summary>S9: a replica that never took part in anything and is counted in-sync has lost its disk.</summary>
    public virtual bool IsMissing(ReplicaState state, PartitionRecord record) => state.IsNew && record.Isr.Contains(state.Me.Copy);

    /// <summary>
    /// S4, S9: a mended replica may lead again once it has committed, as a follower, an entry of the adopted epoch: whoever wrote that had everything, and
    /// has told everything up to there. What a new primary calls committed before its own first entry is may be less than what is.
    /// </summary>
    public virtual bool IsMended(ReplicaState state)
        => state.PrimaryCommit > Lsn.None && state.Committed >= state.PrimaryCommit && state.Log.History.At(state.PrimaryCommit) == state.Adopted;

    /// <summary>S9: of two processes that claim one node the later one is the node; what the other says counts no more.</summary>
    public virtual bool IsFromTheLiving(ulong incarnation, Peer peer) => incarnation >= peer.Incarnation;

    /// <summary>M3: who is not among the wanted copies any more gives the lead to one that is.</summary>
    public virtual bool MayKeepLeading(ReplicaState state, PartitionRecord record) => record.Replicas.Contains(state.Me.Copy);

    /// <summary>
    /// M4: it was in the record, and is in no list of it any more: whoever may count on it is one of these lists. Ids are given once, so it never comes back;
    /// a change that is under way and names it was built on an etag that is gone.
    /// </summary>
    public virtual bool IsDropped(ReplicaState state, PartitionRecord record)
        => state.IsListed && state.Leader is null && !state.Catalog.HasRegressed && record.Primary != state.Me.Copy && !record.Receivers.Contains(state.Me.Copy);

    /// <summary>Promise 2: a new primary gives versions above every snapshot that may have been served: above the ceilings it holds.</summary>
    public virtual DocumentVersion ClockOfNewPrimary(ReplicaState state)
        => new(Math.Max(state.Clock.Raw, Math.Max(state.Log.Ceiling.Raw, state.Log.LastVersion.Raw)));

    /// <summary>Promise 2: what must be committed before a snapshot is read: everything in the log, since it may have versions up to the snapshot's.</summary>
    public virtual Lsn SnapshotWaitsFor(ReplicaState state) => state.Log.Last;
}
