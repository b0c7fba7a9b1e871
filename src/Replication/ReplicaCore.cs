// One copy of one partition, as a state machine: an event and a moment go in, effects come out. There is no task, no clock, no
// chance and no file in here, so a whole cluster of cores runs in one thread in virtual time (tests/Simulation), and a run is
// replayed from its seed. The host (a silo, or the simulation) performs the effects and reports what came of them.
//
//     events ──► Step ──► Adopting ─► Following | Peers, Leading, Sending | TakingOver, CatalogAsking, ... ──► effects
//                              every "may I" is asked of SafetyRules
//
// What is promised, and why it holds, is told in docs/replication.md.
//
// What this does not do: it never reads or writes bytes of entries (it deals in positions), it does not know other
// partitions, and it does not decide where copies should be (who changes Replicas and Learners in the record does).

using IngoDB.Model;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Records;
using IngoDB.Replication.Rules;
using IngoDB.Replication.States;
using IngoDB.Replication.Steps;

namespace IngoDB.Replication;

/// <summary>The state machine of one replica. One thread at a time.</summary>
public sealed class ReplicaCore
{
    private readonly Turn _turn;

    public ReplicaCore(ReplicaStart start, ReplicaOptions options, Moment now)
        : this(start, options, now, SafetyRules.Literal)
    {
    }

    internal ReplicaCore(ReplicaStart start, ReplicaOptions options, Moment now, SafetyRules rules)
        => _turn = new Turn(rules, options) { State = start.ToState(options, now), Now = now };

    /// <summary>Leads its epoch and serves.</summary>
    public bool IsServing => State.Leader is { } leader && _turn.Rules.MayServe(State, leader);

    public Lsn Committed => State.Committed;

    public Epoch Adopted => State.Adopted;

    public CopyId Primary => State.AdoptedPrimary;

    public Standing Standing => State.Standing;

    /// <summary>When the primary was heard last, by the steady clock.</summary>
    public TimeSpan LastHeard => State.LastHeard;

    /// <summary>As the primary: when each member was heard last. Else none.</summary>
    public IEnumerable<(CopyId Member, TimeSpan HeardAt)> Members => State.Leader is { } leader ? leader.Peers.Where(peer => State.Catalog.Isr.Contains(peer.Copy)).Select(peer => (peer.Copy, peer.HeardAt)) : [];

    /// <summary>How far its log goes, and what of it is durable.</summary>
    public LogState Log => State.Log;

    /// <summary>The catalog's record as it is known here.</summary>
    public PartitionRecord? Record => State.Catalog.Record;

    internal ReplicaState State => _turn.State;

    /// <summary>The first version that a proposal would get now.</summary>
    public DocumentVersion NextVersion(Moment now) => Leading.NextVersion(State, now);

    /// <summary>Takes one event.</summary>
    /// <returns>What is to be done, in this order. The list is used again by the next step.</returns>
    public IReadOnlyList<ReplicaEffect> Step(ReplicaEvent what, Moment now)
    {
        _turn.Effects.Clear();
        _turn.Now = now;
        if (_turn.State.Standing is not (Standing.Poisoned or Standing.Dropped)) Take(what);
        return _turn.Effects;
    }

    private void Take(ReplicaEvent what)
    {
        switch (what)
        {
            case Ticked: Tick(); break;
            case Received { Envelope: var envelope }: Receive(envelope); break;
            case Proposed proposed: Leading.OnProposed(_turn, proposed); break;
            case ReadRequested read: Read(read); break;
            case ValueRead read: StrictReading.OnValueRead(_turn, read.Ticket); break;
            case LogSynced synced: Synced(synced); break;
            case StateSaved saved: Adopting.OnSaved(_turn, saved); break;
            case SnapshotInstalled installed: Mending.OnInstalled(_turn, installed.Snapshot); break;
            case LogTrimmed trimmed: Trimmed(trimmed.Base); break;
            case DiskFailed: Mending.OnDiskFailed(_turn); break;
            case CatalogAnswered answered: CatalogAsking.OnAnswered(_turn, answered); break;
            case CatalogSwapped swapped: CatalogAsking.OnSwapped(_turn, swapped); break;
            case CatalogChanged: CatalogAsking.Read(_turn); break;
            case PrimarySuspected: TakingOver.Try(_turn, invited: false); break;
            case MemberSuspected suspected: Leaving.OnSuspected(_turn, suspected.Member); break;
            case LeaveRequested: Leaving.OnRequested(_turn); break;
            case HandOffRequested handOff: HandingOff.OnRequested(_turn, handOff.Successor); break;
            default: Invariant.Violated($"an event that is not known: {what.GetType().Name}"); break;
        }
    }

    private void Receive(Envelope envelope)
    {
        // S9: meant for a former process of this node. Our answer says that there is another one now.
        if (envelope.To.Incarnation != 0 && envelope.To.Incarnation != State.Me.Incarnation)
        {
            Following.Acknowledge(_turn);
            return;
        }

        // S9: before the record was read, an empty replica does not know whether it should be.
        if (State.IsNew) return;
        var from = envelope.From;
        switch (envelope.Message)
        {
            case Append append: Following.OnAppend(_turn, from, append); break;
            case Appended appended: Peers.OnAppended(_turn, from, appended); break;
            case Mismatch mismatch: Peers.OnMismatch(_turn, from, mismatch); break;
            case Refused refused: Peers.OnRefused(_turn, refused); break;
            case Confirm confirm: Confirming.OnConfirm(_turn, from, confirm); break;
            case Confirmed confirmed: Peers.OnConfirmed(_turn, from, confirmed); break;
            case Snapshot snapshot: Mending.OnSnapshot(_turn, from, snapshot); break;
            case Leave leave: Leaving.OnLeave(_turn, from, leave); break;
            case HandOff handOff: TakingOver.OnHandOff(_turn, from, handOff); break;
            default: Invariant.Violated($"a message that is not known: {envelope.Message.GetType().Name}"); break;
        }
    }

    private void Read(ReadRequested read)
    {
        switch (read.Kind)
        {
            case ReadKind.Strict or ReadKind.Lease or ReadKind.Reserve: StrictReading.OnRequested(_turn, read); break;
            case ReadKind.Snapshot: SnapshotReading.OnRequested(_turn, read); break;
            case ReadKind.Bounded: SnapshotReading.OnBounded(_turn, read); break;
            default: SessionReading.OnRequested(_turn, read); break;
        }
    }

    private void Tick()
    {
        CatalogAsking.Tick(_turn);
        SessionReading.Wake(_turn);
        if (State.Leader is null)
        {
            TakingOver.Consider(_turn);
            return;
        }

        Sending.Heartbeat(_turn);
        StrictReading.Tick(_turn);
        SnapshotReading.RaiseCeiling(_turn);
        HandingOff.GiveAway(_turn);
        HandingOff.Consider(_turn);
        Reconfiguring.Consider(_turn);
    }

    private void Synced(LogSynced synced)
    {
        if (synced.Generation != State.Log.Generation) return;
        Invariant.Holds(synced.Lsn <= State.Log.Last);
        _turn.State = State with { Log = State.Log with { Durable = Lsn.Max(State.Log.Durable, synced.Lsn) } };
        if (State.Leader is null) Following.OnSynced(_turn);
        else Leading.Advance(_turn);
        if (State.Leader is not null) Reconfiguring.Consider(_turn);
    }

    private void Trimmed(Lsn to)
    {
        Invariant.Holds(to <= State.Committed);
        if (to > State.Log.Base) _turn.State = State with { Log = State.Log with { Base = to } };
    }
}
