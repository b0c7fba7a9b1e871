// The catalog: one record, compare-and-swap by etag, linearizable. Its answers may be lost (the change happened, the asker does
// not know), its requests too (the change did not), and a request may arrive long after its asker has given up. An asker whose
// answer does not come in time is told "unknown".

using IngoDB.Replication.Events;
using IngoDB.Replication.Records;

namespace IngoDB.Simulation.World;

internal sealed class SimulatedCatalog(Agenda agenda, Dice dice, PartitionRecord record)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);

    private readonly List<(string Etag, PartitionRecord Record)> _underWay = [];
    private readonly HashSet<int> _cut = [];

    public PartitionRecord Record { get; private set; } = record;

    public string Etag { get; private set; } = EtagOf(record);

    /// <summary>How many of the answers are lost, one way or the other.</summary>
    public double UnknownRate { get; set; }

    public bool IsDown { get; set; }

    public long TakeOvers { get; private set; }

    public long Unknowns { get; private set; }

    public Action<PartitionRecord>? Changed { get; set; }

    /// <summary>Changes that may still happen.</summary>
    public IEnumerable<PartitionRecord> Possible => _underWay.Where(change => change.Etag == Etag).Select(change => change.Record);

    public void Cut(int machine) => _cut.Add(machine);

    public void Heal() => _cut.Clear();

    public void Read(int machine, long read, Action<ReplicaEvent> answer)
    {
        if (!Reaches(machine)) return;
        agenda.After(Delay(), () =>
        {
            var answered = new CatalogAnswered(read, Record, Etag);
            if (Reaches(machine)) agenda.After(Delay(), () => answer(answered));
        });
    }

    public void Swap(int machine, string etag, PartitionRecord wanted, Action<ReplicaEvent> answer)
    {
        if (!Reaches(machine))
        {
            Unknowns++;
            agenda.After(Patience, () => answer(new CatalogSwapped(wanted.ChangeId, SwapOutcome.Unknown, null)));
            return;
        }

        _underWay.Add((etag, wanted));
        var isUnknown = UnknownRate > 0 && dice.Chance(UnknownRate);
        if (isUnknown) Unknowns++;
        var delay = isUnknown && dice.Chance(0.5) ? dice.Span(200, 4000) : Delay();
        if (isUnknown) agenda.After(dice.Span(1, Patience.TotalMilliseconds), () => answer(new CatalogSwapped(wanted.ChangeId, SwapOutcome.Unknown, null)));
        var isLost = isUnknown && dice.Chance(0.4);
        agenda.After(delay, () =>
        {
            _underWay.Remove((etag, wanted));
            var outcome = isLost ? SwapOutcome.Unknown : TrySwap(etag, wanted) ? SwapOutcome.Done : SwapOutcome.Conflict;
            if (isUnknown || !Reaches(machine)) return;
            agenda.After(Delay(), () => answer(new CatalogSwapped(wanted.ChangeId, outcome, outcome == SwapOutcome.Done ? EtagOf(wanted) : null)));
        });
    }

    /// <summary>An operator's or a balancer's change, made at once.</summary>
    public void Change(PartitionRecord wanted) => TrySwap(Etag, wanted with { Version = Record.Version + 1 });

    /// <summary>An old backup is put in its place.</summary>
    public void Restore(PartitionRecord old)
    {
        Record = old;
        Etag = "restored-" + EtagOf(old);
    }

    private bool TrySwap(string etag, PartitionRecord wanted)
    {
        if (etag != Etag) return false;
        if (wanted.Epoch > Record.Epoch) TakeOvers++;
        Record = wanted;
        Etag = EtagOf(wanted);
        Changed?.Invoke(wanted);
        return true;
    }

    /// <summary>As a store would give it: another one for every version.</summary>
    private static string EtagOf(PartitionRecord record) => record.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private bool Reaches(int machine) => !IsDown && !_cut.Contains(machine);

    private TimeSpan Delay() => dice.Span(0.2, 2);
}
