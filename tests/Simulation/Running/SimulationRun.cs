// One seed: a world, faults for most of its time, then peace. In peace everything must come back by itself (if it does not,
// that is a violation, too), and then everything that was promised is judged by what is there.

using IngoDB.Model;
using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Faults;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Running;

internal static class SimulationRun
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FaultsUntil = TimeSpan.FromSeconds(46);
    private static readonly TimeSpan ClientsUntil = TimeSpan.FromSeconds(54);
    private static readonly TimeSpan PatienceInPeace = TimeSpan.FromSeconds(40);

    public static RunResult Run(long seed, Mutant mutant, Action<string>? trace = null, bool looksInside = true)
    {
        var dice = new Dice(seed, "world");
        var world = new ReplicaWorld(seed, WorldShape.From(dice), mutant) { KeepEntries = dice.Between(0, 60), Trace = trace };
        world.Checkers.LooksInside = looksInside;
        world.ExpectsAlarms = !looksInside;
        foreach (var machine in world.Machines) (machine.Rate, machine.Skew) = (0.95 + (dice.Next(10) / 100.0), dice.Span(0, 2000));
        var nemesis = new Nemesis(world, FaultProfile.From(dice), new(seed, "nemesis"));
        var balancer = new Operator(world, new(seed, "operator")) { MovesCopies = dice.Chance(0.3) };
        string? violation = null;
        try
        {
            Live(world, nemesis, balancer);
            Judge(world, balancer);
        }
        catch (ViolationException e)
        {
            violation = $"{e.Message} (at {world.Agenda.Now})";
        }
        catch (Exception e)
        {
            // An invariant, or a bug of any other kind: a seed that finds it is worth as much.
            violation = $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("Replication") || line.Contains("Simulation"))?.Trim()} (at {world.Agenda.Now})";
        }

        return Result(world, nemesis) with { Moves = balancer.Moves } with { Violation = violation };
    }

    private static void Live(ReplicaWorld world, Nemesis nemesis, Operator balancer)
    {
        world.StartAll();
        foreach (var client in world.Clients) client.Start();
        nemesis.Start();
        balancer.Start();
        world.Agenda.RunUntil(FaultsUntil);
        nemesis.End();
        balancer.End();
        world.Agenda.RunUntil(ClientsUntil);
        foreach (var client in world.Clients) client.IsRetired = true;
        foreach (var machine in world.Machines) BoundsChecker.Check(machine, world.Agenda.Now);
        world.Agenda.RunUntil(Length);
    }

    private static void Judge(ReplicaWorld world, Operator balancer)
    {
        var finals = new Dictionary<int, Item?>();
        for (var key = 0; key < KeyLists.Keys; key++)
        {
            var read = key;
            world.Clients[0].ReadStrictly(read, head => finals[read] = head);
        }

        if (world.Agenda.RunUntil(Length + PatienceInPeace, () => finals.Count == KeyLists.Keys)) throw new ViolationException("availability", $"no strict read was answered within {PatienceInPeace} of peace: {Describe(world)}");
        foreach (var (key, head) in finals) world.Checkers.CheckFinal(key, head);
        if (!balancer.IsSettled(world.Catalog.Record) && world.Agenda.RunUntil(world.Agenda.Now + PatienceInPeace, () => balancer.IsSettled(world.Catalog.Record))) throw new ViolationException("placement", $"after {PatienceInPeace} of peace the copies are not as they should be: {Describe(world)}");
    }

    private static string Describe(ReplicaWorld world)
        => $"record {world.Catalog.Record.Epoch} replicas {world.Catalog.Record.Replicas} isr {world.Catalog.Record.Isr} primary {world.Catalog.Record.Primary} learners {world.Catalog.Record.Learners}; " + string.Join("; ", world.Machines.Select(m => m.Process is { } p
            ? $"{m} adopted {p.Core.Adopted} last {p.Core.State.Log.Last} durable {p.Core.State.Log.Durable} committed {p.Core.Committed} {p.Core.Standing} leads {p.Core.State.Leader?.Start} pending {p.Core.State.Catalog.Pending?.Kind}" : $"{m} is down"));

    private static RunResult Result(ReplicaWorld world, Nemesis nemesis)
    {
        var fingerprint = 14695981039346656037UL;
        foreach (var entry in world.Checkers.Log.Entries) fingerprint = (fingerprint ^ entry.Version.Raw ^ ((ulong)entry.Epoch.Value << 48)) * 1099511628211UL;
        return new(world.Seed)
        {
            VirtualSeconds = world.Agenda.Now.TotalSeconds,
            Happenings = world.Agenda.Happened,
            AcknowledgedWrites = world.Checkers.History.AcknowledgedCount,
            StrictReads = world.Checkers.History.ReadCount,
            SnapshotReads = world.Checkers.Snapshots.Count,
            BoundedReads = world.Checkers.Bounded.Count,
            SessionReads = world.Checkers.Sessions.Count,
            TakeOvers = world.Catalog.TakeOvers,
            DiskLosses = nemesis.DiskLosses,
            Crashes = nemesis.Crashes,
            UnknownSwaps = world.Catalog.Unknowns,
            Fingerprint = (fingerprint ^ (ulong)world.Agenda.Happened ^ (ulong)world.Network.Messages) * 1099511628211UL,
        };
    }
}
