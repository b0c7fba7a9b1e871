// S8: a strict read asks, after it arrived, whether anybody stands above us: every member of U must say no, or the catalog. All
// reads that arrived before a round was sent share it, and one round is under way at a time.
//
// Why every member, and why U: a successor that has committed anything was in our in-sync set when it took over, it could not
// have left U since, and it refuses. Who shares U with it may have slept through everything. Hence also the catalog:
// a record of our epoch, read after the read arrived, says the same.

using System.Collections.Immutable;
using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class StrictReading
{
    public static void OnRequested(Turn turn, ReadRequested read)
    {
        var state = turn.State;
        if (state.Leader is not { } leader)
        {
            turn.Do(new RefuseRead(read.Ticket, ReadRefusal.NotPrimary, state.AdoptedPrimary));
            return;
        }

        // A lease can be used only while one holds; else the read goes the strict way.
        var isLeased = turn.Rules.MayServe(state, leader) && turn.Rules.LeaseHolds(leader, turn.MustAcknowledge, turn.Time, turn.Options);
        if (isLeased && read.Kind == ReadKind.Lease)
        {
            turn.Do(new ReadValue(read.Ticket));
            return;
        }

        // The read has arrived, and nobody else can have committed anything by now: that is all that a round would tell.
        var round = isLeased ? 0 : NextRound(turn);
        Enqueue(turn, new(read.Ticket, read.Kind, round, read.Kind == ReadKind.Reserve ? SnapshotReading.Reserve(turn) : DocumentVersion.None, read.Token));
    }

    /// <summary>The value was read; only now it is asked whether the lease holds.</summary>
    public static void OnValueRead(Turn turn, long ticket)
    {
        var state = turn.State;
        if (state.Leader is not { } leader) turn.Do(new RefuseRead(ticket, ReadRefusal.NotPrimary, state.AdoptedPrimary));
        else if (turn.Rules.LeaseHolds(leader, turn.MustAcknowledge, turn.Time, turn.Options)) turn.Do(new ServeRead(ticket, state.Committed, DocumentVersion.None));
        else Enqueue(turn, new(ticket, ReadKind.Strict, NextRound(turn), DocumentVersion.None, Lsn.None));
    }

    public static void Enqueue(Turn turn, PendingRead read)
    {
        var leader = turn.State.Leader!;
        turn.State = turn.State with { Leader = leader with { Reads = leader.Reads.Add(read) } };
        Serve(turn);
    }

    /// <summary>Everything that no longer waits for anything.</summary>
    public static void Serve(Turn turn)
    {
        if (turn.State.Leader is not { Reads.IsEmpty: false } leader || !turn.Rules.MayServe(turn.State, leader)) return;
        var waiting = ImmutableArray.CreateBuilder<PendingRead>();
        foreach (var read in leader.Reads)
        {
            var isReady = read.Round <= leader.RoundDone && read.After <= turn.State.Committed && read.At <= (read.Kind == ReadKind.Snapshot ? leader.CommittedCeiling : DocumentVersion.Max);
            if (isReady) turn.Do(new ServeRead(read.Ticket, turn.State.Committed, read.At));
            else waiting.Add(read);
        }

        if (waiting.Count < leader.Reads.Length) turn.State = turn.State with { Leader = leader with { Reads = waiting.DrainToImmutable() } };
    }

    /// <summary>A confirmation has come, or U has changed.</summary>
    public static void CountRound(Turn turn)
    {
        var leader = turn.State.Leader!;
        if (leader.RoundSent == leader.RoundDone || !turn.Rules.IsConfirmed(leader, turn.MustAcknowledge, leader.RoundSent)) return;
        Finish(turn, leader.RoundSent);
    }

    /// <summary>S8's other way: a linearizable read of the catalog shows our epoch, so nobody had taken over when it was sent.</summary>
    public static void OnCatalogAnswer(Turn turn, CatalogReading reading, PartitionRecord record)
    {
        if (turn.State.Leader is not { } leader || record.Epoch != leader.Epoch || record.Primary != turn.Me || reading.Round <= leader.RoundDone) return;
        Finish(turn, reading.Round);
    }

    /// <summary>With time: ask again, and the catalog too.</summary>
    public static void Tick(Turn turn)
    {
        if (turn.State.Leader is not { } leader || leader.RoundSent == leader.RoundDone || turn.Time - leader.RoundSentAt < turn.Options.ConfirmStall) return;
        CountRound(turn);
        if (turn.State.Leader!.RoundSent == turn.State.Leader.RoundDone) return;
        Ask(turn);
        if (turn.State.Catalog.Reading is not { } reading || reading.Round < leader.RoundSent) CatalogAsking.Read(turn);
    }

    /// <summary>The round that begins after now: the one under way began before, so its successor.</summary>
    private static long NextRound(Turn turn)
    {
        var leader = turn.State.Leader!;
        if (!turn.Rules.NeedsConfirmation(turn.MustAcknowledge)) return 0;
        if (leader.RoundSent > leader.RoundDone) return leader.RoundSent + 1;
        turn.State = turn.State with { Leader = leader with { RoundSent = leader.RoundSent + 1, RoundSentAt = turn.Time } };
        Ask(turn);
        return leader.RoundSent + 1;
    }

    private static void Ask(Turn turn)
    {
        var leader = turn.State.Leader!;
        var must = turn.MustAcknowledge;
        foreach (var peer in leader.Peers)
            if (must.Contains(peer.Copy) && peer.ConfirmedRound < leader.RoundSent) turn.Send(new(peer.Copy, peer.Incarnation), new Confirm(leader.Epoch, leader.RoundSent));
    }

    private static void Finish(Turn turn, long round)
    {
        var leader = turn.State.Leader!;
        leader = leader with { RoundDone = Math.Max(leader.RoundDone, round) };
        var more = leader.RoundDone == leader.RoundSent && leader.Reads.Any(read => read.Round > leader.RoundDone);
        turn.State = turn.State with { Leader = more ? leader with { RoundSent = leader.RoundSent + 1, RoundSentAt = turn.Time } : leader };
        Serve(turn);
        if (more) Ask(turn);
    }
}
