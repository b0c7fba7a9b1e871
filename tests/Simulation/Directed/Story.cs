// A world without chance, and few words to tell what happens in it:
//
//   var story = new Story(machines: 3, copies: 3, minIsr: 2, mutant);
//   story.Write(on: 0);                 acknowledged, or the story ends here
//   story.CutOff(0);                    from all machines and the catalog; clients still reach it
//   story.TakesOver(1);
//   story.Read(on: 0)                   what a strict read gives there, null when it is not answered
//
// Time passes only where the story waits. What a story promises it says itself; checkers that look inside are off, so that a
// promise counts as broken only when a client can see it.

using IngoDB.Replication.Events;
using IngoDB.Replication.Messages;
using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Clients;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Directed;

internal sealed class Story
{
    private int _sequence;

    public Story(int machines, int copies, int minIsr, Mutant mutant, bool leases = false, int keepEntries = 20)
    {
        World = new ReplicaWorld(1, new WorldShape(machines, copies, minIsr) { Clients = 1, Leases = leases }, mutant) { KeepEntries = keepEntries };
        World.Checkers.LooksInside = false;
        World.StartAll();
        WaitUntil(() => Primary is not null, "a first primary");
    }

    public ReplicaWorld World { get; }

    public TimeSpan Now => World.Agenda.Now;

    /// <summary>Who serves; null: nobody, or more than one thinks so.</summary>
    public Machine? Primary => World.Machines.Where(machine => machine.Process?.Core.IsServing == true).ToList() is [var one] ? one : null;

    public Machine Machine(int index) => World.Machines[index];

    public void Wait(double seconds) => World.Agenda.RunUntil(World.Agenda.Now + TimeSpan.FromSeconds(seconds));

    /// <returns>How long it took.</returns>
    /// <exception cref="ViolationException">It did not happen in time.</exception>
    public TimeSpan WaitUntil(Func<bool> isSo, string what, double seconds = 30)
    {
        var began = World.Agenda.Now;
        if (!isSo() && World.Agenda.RunUntil(began + TimeSpan.FromSeconds(seconds), isSo)) throw new ViolationException("availability", $"{what} did not come within {seconds} s");
        return World.Agenda.Now - began;
    }

    /// <summary>One append to key 0.</summary>
    /// <returns>The value.</returns>
    public int Write(int on)
    {
        var value = TryWrite(on, out var isDone);
        return isDone ? value : throw new ViolationException("availability", $"machine {on} did not acknowledge {value}");
    }

    public int TryWrite(int on, out bool isDone, double seconds = 5)
    {
        var value = World.NextValue();
        var done = BeginWrite(on, value);
        World.Agenda.RunUntil(World.Agenda.Now + TimeSpan.FromSeconds(seconds), () => done() is not null);
        isDone = done() == true;
        return value;
    }

    /// <summary>Starts a write; the answer is asked for later: null means that there is none yet.</summary>
    public Func<bool?> BeginWrite(int on, int value)
    {
        bool? done = null;
        var operation = new AppendOperation(0, ++_sequence, value, 0, KeyLists.NoKey);
        Machine(on).Process?.Request(new(World, answer => done = answer.IsDone, _ => done = false) { IsWrite = true, Operation = operation });
        return () => done;
    }

    /// <summary>What a read gives, oldest value first; null when it is refused or not answered.</summary>
    public IReadOnlyList<int>? Read(int on, ReadKind kind = ReadKind.Strict, double seconds = 5)
    {
        IReadOnlyList<int>? values = null;
        var isOver = false;
        var attempt = new Attempt(World, answer => (values, isOver) = (ValuesOf(answer.Head), true), _ => isOver = true) { ReadKind = kind, Key = 0 };
        Machine(on).Process?.Request(attempt);
        World.Agenda.RunUntil(World.Agenda.Now + TimeSpan.FromSeconds(seconds), () => isOver);
        attempt.GiveUp();
        return values;
    }

    /// <summary>The present, from whoever is primary.</summary>
    public IReadOnlyList<int> ReadNow()
    {
        WaitUntil(() => Primary is not null, "a primary");
        return Read(Primary!.Index) ?? throw new ViolationException("availability", "a strict read was not answered");
    }

    public void CutOff(int machine)
    {
        foreach (var other in World.Machines) World.Network.CutBoth(machine, other.Index);
        World.Catalog.Cut(machine);
    }

    public void Cut(int one, int other) => World.Network.CutBoth(one, other);

    public void Heal()
    {
        World.Network.Heal();
        World.Catalog.Heal();
    }

    /// <summary>The machine is told that the primary is gone, until it serves in its place.</summary>
    public TimeSpan TakesOver(int machine)
    {
        var began = Now;
        for (var hint = 0; hint < 20 && Machine(machine).Process?.Core.IsServing != true; hint++)
        {
            Machine(machine).Process!.Step(PrimarySuspected.Now);
            World.Agenda.RunUntil(Now + TimeSpan.FromMilliseconds(200), () => Machine(machine).Process?.Core.IsServing == true);
        }

        WaitUntil(() => Machine(machine).Process?.Core.IsServing == true, $"machine {machine} as primary");
        return Now - began;
    }

    /// <summary>Copies of what is sent from now on, to be delivered once more.</summary>
    public List<Envelope> Record<T>() where T : ReplicaMessage
    {
        var recorded = new List<Envelope>();
        World.Network.Tap = envelope =>
        {
            if (envelope.Message is T) recorded.Add(envelope);
        };
        return recorded;
    }

    public void MustContain(IReadOnlyList<int>? values, int value, string why)
    {
        if (values is not null && !values.Contains(value)) throw new ViolationException("linearizability", $"a read at {Now} lacks {value}: {why}");
    }

    private static List<int> ValuesOf(Item? head)
    {
        var values = new List<int>();
        for (var item = head; item is not null; item = item.Previous) values.Insert(0, item.Value);
        return values;
    }
}
