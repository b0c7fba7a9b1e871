// A primary keeps the in-sync set what it says it is. A member that acknowledges nothing leaves it, if the floor allows (S3);
// at the floor it stays listed and writes wait, until a learner has caught up and takes its place in the same change. A copy
// that has caught up joins (S2). One change at a time: the next is decided on what became of this one.

using IngoDB.Replication.Members;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Reconfiguring
{
    public static void Consider(Turn turn)
    {
        var state = turn.State;
        if (state.Leader is not { HasStarted: true } leader || state.Catalog is not { Record: { } record, Pending: null, HasRegressed: false }) return;
        var dead = Dead(turn, leader, record);
        var newcomer = Newcomer(turn, leader, record);
        if (dead != CopyId.None && turn.Rules.KeepsFloor(record, record.Isr.Without(dead))) CatalogAsking.Swap(turn, ChangeKind.Shrink, RecordChanges.Shrink(record, dead));
        else if (dead != CopyId.None && newcomer != CopyId.None) CatalogAsking.Swap(turn, ChangeKind.Swap, RecordChanges.Swap(record, dead, newcomer));
        else if (newcomer != CopyId.None) CatalogAsking.Swap(turn, ChangeKind.Expand, RecordChanges.Expand(record, newcomer));
    }

    private static CopyId Dead(Turn turn, LeaderState leader, PartitionRecord record)
    {
        foreach (var peer in leader.Peers)
        {
            if (!record.Isr.Contains(peer.Copy)) continue;
            var isUnwanted = !record.Replicas.Contains(peer.Copy);
            if (isUnwanted || IsLeaving(turn, peer) || peer.WentBack || peer.NeedsSnapshot || turn.Time - peer.HeardAt > turn.Options.SilentAfter || (peer.Match < turn.State.Log.Last && turn.Time - peer.ProgressAt > turn.Options.SilentAfter)) return peer.Copy;
        }

        return CopyId.None;
    }

    /// <summary>Who said so and is there some time later did not leave after all.</summary>
    private static bool IsLeaving(Turn turn, Peer peer) => turn.Time - peer.LeavesAt <= turn.Options.LeavePatience;

    private static CopyId Newcomer(Turn turn, LeaderState leader, PartitionRecord record)
    {
        foreach (var peer in leader.Peers)
        {
            var isWanted = record.Replicas.Contains(peer.Copy) || record.Learners.Contains(peer.Copy);
            if (isWanted && !record.Isr.Contains(peer.Copy) && !IsLeaving(turn, peer) && peer.Incarnation > 0 && turn.Time - peer.HeardAt <= turn.Options.SilentAfter && turn.Rules.MayExpand(peer, turn.State, leader)) return peer.Copy;
        }

        return CopyId.None;
    }
}
