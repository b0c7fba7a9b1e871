// How old is what a copy has? A clock can not tell: those of machines differ, and a primary's runs ahead after a failover. So nobody's
// time is compared with anybody else's. A copy stamps its answers with its own steady clock, and gets a stamp back when it is known that
// everything acknowledged before it is in what the copy was told:
//
//     follower                          primary                                   the other members of U
//     Appended  "my clock says f" ────► notes: f came at p
//                                       Append, sent at s > p  ─────────────────►
//                                                              ◄─────────────────  Appended "I have heard s": no successor before p (as in S8)
//               ◄── Append "fresh f": all that was acknowledged before f is committed up to here
//     committed that far: what is read is not older than now - f
//
// What this does not do: make anything fresher. It takes about two heartbeats, so a bound below half a second is seldom met.

using IngoDB.Model;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class Freshness
{
    private const int StampsMax = 8;

    /// <summary>Some seconds of heartbeats: who reads many partitions at one version wants points that are not the newest.</summary>
    private const int PointsMax = 24;

    private static readonly TimeSpan StampEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>A peer's clock, as it came with its answer.</summary>
    public static Peer Stamped(Turn turn, Peer peer, TimeSpan stamp)
    {
        var isTooSoon = peer.Stamps is [.., var last] && turn.Time - last.HeardAt < StampEvery;
        return stamp == Moment.LongAgo || isTooSoon || peer.Stamps.Length == StampsMax ? peer : peer with { Stamps = peer.Stamps.Add(new(stamp, turn.Time)) };
    }

    /// <summary>What a peer can be told now, once.</summary>
    public static FreshPoint Tell(Turn turn, CopyId copy)
    {
        var state = turn.State;
        var leader = state.Leader!;
        var peer = leader.Find(copy)!;
        if (peer.Stamps.IsEmpty || !turn.Rules.MayServe(state, leader)) return default;
        var since = turn.Rules.ConfirmedSince(leader, turn.MustAcknowledge, turn.Time);
        var known = 0;
        while (known < peer.Stamps.Length && peer.Stamps[known].HeardAt <= since) known++;
        if (known == 0) return default;
        turn.State = state with { Leader = leader.With(peer with { Stamps = peer.Stamps.RemoveRange(0, known) }) };
        return new(peer.Stamps[known - 1].At, state.Log.LastVersion, state.Committed);
    }

    /// <summary>A primary's own: its clock needs no stamp.</summary>
    public static void Note(Turn turn)
    {
        var state = turn.State;
        var leader = state.Leader!;
        if (turn.Rules.MayServe(state, leader)) Keep(turn, new(turn.Rules.ConfirmedSince(leader, turn.MustAcknowledge, turn.Time), state.Log.LastVersion, state.Committed));
    }

    /// <summary>Heard from the primary. One that waits is kept, or under steady writes none would ever be reached.</summary>
    public static void Offer(Turn turn, FreshPoint point)
    {
        if (point.IsKnown && !turn.State.FreshNext.IsKnown) turn.State = turn.State with { FreshNext = point };
    }

    /// <summary>Whether what waits is committed here by now.</summary>
    public static void Advance(Turn turn)
    {
        var next = turn.State.FreshNext;
        if (!next.IsKnown || next.Lsn > turn.State.Committed) return;
        turn.State = turn.State with { FreshNext = default };
        Keep(turn, next);
    }

    /// <summary>Whether everything acknowledged longer ago than the bound is here.</summary>
    /// <param name="newest">Where that is.</param>
    /// <param name="least">A version that covers it, the least that is known: who reads at it reads no older than asked.</param>
    public static bool Is(ReplicaState state, TimeSpan bound, TimeSpan now, out Lsn newest, out DocumentVersion least)
    {
        (newest, least) = (Lsn.None, DocumentVersion.None);
        foreach (var point in state.Fresh)
        {
            if (now - point.Since > bound) continue;
            if (newest == Lsn.None) least = point.Version;
            newest = point.Lsn;
        }

        return newest != Lsn.None;
    }

    private static void Keep(Turn turn, FreshPoint point)
    {
        var points = turn.State.Fresh;
        if (points is [.., var last] && point.Since <= last.Since) return;
        if (points.Length == PointsMax) points = points.RemoveAt(0);
        turn.State = turn.State with { Fresh = points.Add(point) };
    }
}
