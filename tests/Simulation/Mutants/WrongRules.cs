// One wrong rule each. The name is in AllMutants, with what is wrong.

using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using IngoDB.Replication.Rules;
using IngoDB.Replication.States;

namespace IngoDB.Simulation.Mutants;

internal sealed class NoUnion : SafetyRules
{
    public override NodeSet MustAcknowledge(CatalogKnowledge catalog) => catalog.Isr;
}

internal sealed class ShrinkBeforeSwap : SafetyRules
{
    public override NodeSet MustAcknowledge(CatalogKnowledge catalog) => catalog.Pending is { Kind: ChangeKind.Shrink } pending ? pending.Wanted.Isr : base.MustAcknowledge(catalog);
}

internal sealed class MajorityAck : SafetyRules
{
    public override Lsn CommitPoint(ReplicaState state, LeaderState leader, NodeSet must)
    {
        var matches = leader.Peers.Where(peer => must.Contains(peer.Copy)).Select(peer => peer.Match).Append(state.Log.Durable).OrderDescending().ToArray();
        return matches[matches.Length / 2];
    }
}

internal sealed class ExpandTooEarly : SafetyRules
{
    public override bool MayExpand(Peer newcomer, ReplicaState state, LeaderState leader) => newcomer.Match > Lsn.None;
}

internal sealed class ExpandByInheritedCommit : SafetyRules
{
    public override bool MayExpand(Peer newcomer, ReplicaState state, LeaderState leader) => !newcomer.NeedsSnapshot && newcomer.Match >= state.Committed;
}

internal sealed class NoConfirm : SafetyRules
{
    public override bool NeedsConfirmation(NodeSet must) => false;
}

internal sealed class FreshWithoutConfirmation : SafetyRules
{
    public override TimeSpan ConfirmedSince(LeaderState leader, NodeSet must, TimeSpan now) => now;
}

internal sealed class SessionAnywhere : SafetyRules
{
    public override bool HasSeen(ReplicaState state, Lsn token) => true;
}

internal sealed class ConfirmByMajority : SafetyRules
{
    public override bool IsConfirmed(LeaderState leader, NodeSet must, long round)
        => 2 * (1 + leader.Peers.Count(peer => must.Contains(peer.Copy) && peer.ConfirmedRound >= round)) > must.Count;
}

internal sealed class ServeBeforeEpochStart : SafetyRules
{
    public override bool MayServe(ReplicaState state, LeaderState leader) => leader.HasStarted;
}

internal sealed class AckBeforeSync : SafetyRules
{
    public override Lsn Acknowledged(ReplicaState state) => state.Match;
}

internal sealed class AckUnmatchedTail : SafetyRules
{
    public override Lsn Acknowledged(ReplicaState state) => Lsn.Min(state.Log.Durable, Lsn.Max(state.Match, state.PrimaryCommit));
}

internal sealed class ApplyUncommitted : SafetyRules
{
    public override Lsn FollowerCommit(ReplicaState state) => Lsn.Min(state.Match, state.Log.Durable);
}

internal sealed class FollowLowerEpoch : SafetyRules
{
    public override bool IsOutdated(Epoch said, Epoch adopted) => false;
}

internal sealed class AnswerAtOnce : SafetyRules
{
    public override bool MayAnswer(ReplicaState state) => state.Standing != Standing.Poisoned;
}

internal sealed class TakeOverByAnyone : SafetyRules
{
    public override bool MayTakeOver(ReplicaState state, PartitionRecord record, TimeSpan now, bool invited)
        => base.MayTakeOver(state, record with { Isr = record.Isr.With(state.Me.Copy) }, now, invited);
}

internal sealed class PromiseNotKept : SafetyRules
{
    public override bool MayTakeOver(ReplicaState state, PartitionRecord record, TimeSpan now, bool invited) => base.MayTakeOver(state, record, now, invited: true);
}

internal sealed class DuplicatesCut : SafetyRules
{
    public override bool Conflicts(LogState log, LogEntry entry) => entry.Lsn <= log.Last;
}

internal sealed class InstallAnySnapshot : SafetyRules
{
    public override bool MayInstall(ReplicaState state, Snapshot snapshot) => true;
}

internal sealed class UnknownIsFailure : SafetyRules
{
    public override bool? AfterUnknown => false;
}

internal sealed class UnknownIsSuccess : SafetyRules
{
    public override bool? AfterUnknown => true;
}

internal sealed class ClockWithoutCeiling : SafetyRules
{
    public override DocumentVersion ClockOfNewPrimary(ReplicaState state) => new(Math.Max(state.Clock.Raw, state.Log.LastVersion.Raw));
}

internal sealed class SnapshotWithoutWaiting : SafetyRules
{
    public override Lsn SnapshotWaitsFor(ReplicaState state) => Lsn.None;
}

internal sealed class LeaseWithoutEnd : SafetyRules
{
    public override bool LeaseHolds(LeaderState leader, NodeSet must, TimeSpan now, ReplicaOptions options)
        => options.Leases && leader.Peers.All(peer => !must.Contains(peer.Copy) || peer.PromisedSince > Moment.LongAgo);
}

internal sealed class MendedTooEarly : SafetyRules
{
    public override bool IsMended(ReplicaState state) => state.PrimaryCommit > Lsn.None && state.Committed >= state.PrimaryCommit;
}

internal sealed class MendBeforeSaved : SafetyRules
{
    public override bool MayAnswer(ReplicaState state) => base.MayAnswer(state) || (state.Standing == Standing.Broken && state.Catalog.HeardSinceStart);

    public override bool MayInstall(ReplicaState state, Snapshot snapshot) => state.Standing == Standing.Broken || base.MayInstall(state, snapshot);
}

internal sealed class BelieveAnyIncarnation : SafetyRules
{
    public override bool IsFromTheLiving(ulong incarnation, Peer peer) => true;
}

internal sealed class UnwantedPrimaryStays : SafetyRules
{
    public override bool MayKeepLeading(ReplicaState state, PartitionRecord record) => true;
}

internal sealed class EraseOutOfSync : SafetyRules
{
    public override bool IsDropped(ReplicaState state, PartitionRecord record)
        => state.IsListed && state.Leader is null && record.Primary != state.Me.Copy && !record.Isr.Contains(state.Me.Copy) && !record.Learners.Contains(state.Me.Copy);
}

internal sealed class TwoOnOneNode : PlacementRules
{
    public override bool MayHold(PlacementState state, PlacementNode node) => node.Standing == NodeStanding.Up;
}

internal sealed class RetireBeforeReplaced : PlacementRules
{
    public override bool MayRetire(PlacementState state, CopyId copy, NodeSet staying) => true;
}

internal sealed class MatchWhatWasTrimmed : SafetyRules
{
    public override bool Matches(LogState log, Lsn lsn, Epoch epoch) => lsn <= log.Base || base.Matches(log, lsn, epoch);

    public override bool Conflicts(LogState log, LogEntry entry) => entry.Lsn > log.Base && base.Conflicts(log, entry);
}
