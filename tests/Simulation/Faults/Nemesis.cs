// Breaks things, at random times, in the ways that the profile allows. It may do anything but destroy the last copy: replication
// promises to survive as long as one member of the in-sync set keeps its disk, of the set that is recorded and of every one that a
// change under way may still make the recorded one.

using IngoDB.Replication.Events;
using IngoDB.Replication.Members;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Faults;

internal sealed class Nemesis(ReplicaWorld world, FaultProfile profile, Dice dice)
{
    private bool _isOver;

    public int DiskLosses { get; private set; }

    public int Crashes { get; private set; }

    public void Start() => world.Agenda.After(dice.Span(500, 1500), Act);

    /// <summary>Everything that can be mended is mended; what was lost stays lost.</summary>
    public void End()
    {
        _isOver = true;
        world.Network.Heal();
        (world.Network.Loss, world.Network.Duplication, world.Network.Reordering) = (0, 0, 0);
        world.Catalog.Heal();
        (world.Catalog.IsDown, world.Catalog.UnknownRate) = (false, 0);
        foreach (var machine in world.Machines)
        {
            (machine.SyncTime, machine.SyncFails) = (TimeSpan.FromMilliseconds(1), false);
            machine.Process?.Continue();
            machine.Start();
        }
    }

    private void Act()
    {
        if (_isOver) return;
        var (fault, machine) = (dice.Pick(profile.Faults), dice.Pick(world.Machines));
        world.Trace?.Invoke($"{world.Agenda.Now} {machine}: nemesis {fault}");
        Do(fault, machine);
        world.Agenda.After(dice.Span(profile.PauseLeastMilliseconds, profile.PauseMostMilliseconds), Act);
    }

    private void Do(Fault fault, Machine machine)
    {
        switch (fault)
        {
            case Fault.Crash: Crash(machine, dice.Span(50, dice.Chance(0.3) ? 8000 : 1500)); break;
            case Fault.CrashAll: foreach (var each in world.Machines) Crash(each, dice.Span(100, 1000)); break;
            case Fault.Stop: Stop(machine, dice.Span(50, 5000)); break;
            case Fault.Isolate: CutFor(dice.Span(200, 5000), () => { foreach (var other in world.Machines) world.Network.CutBoth(machine.Index, other.Index); }); break;
            case Fault.CutOneWay: CutFor(dice.Span(200, 5000), () => world.Network.Cut(machine.Index, dice.Next(world.Machines.Count))); break;
            case Fault.CutPair: CutFor(dice.Span(200, 5000), () => world.Network.CutBoth(machine.Index, dice.Next(world.Machines.Count))); break;
            case Fault.CutOffPrimary: CutOffPrimary(dice.Span(1000, 8000)); break;
            case Fault.TakeOver: Suspect(machine); break;
            case Fault.HandOff:
                HandOff(machine);
                machine.Process?.Step(LeaveRequested.Now);
                break;
            case Fault.CatalogCut: world.Catalog.Cut(machine.Index); Later(dice.Span(200, 6000), world.Catalog.Heal); break;
            case Fault.CatalogDown: world.Catalog.IsDown = true; Later(dice.Span(200, 4000), () => world.Catalog.IsDown = false); break;
            case Fault.CatalogUnknown: world.Catalog.UnknownRate = 0.5; Later(dice.Span(500, 5000), () => world.Catalog.UnknownRate = 0); break;
            case Fault.ClockJump: machine.Skew = dice.Chance(0.3) ? TimeSpan.Zero : dice.Span(0, 1_200_000) - TimeSpan.FromMinutes(10); break;
            case Fault.SlowDisk: machine.SyncTime = dice.Span(50, 2500); Later(dice.Span(500, 5000), () => machine.SyncTime = TimeSpan.FromMilliseconds(1)); break;
            case Fault.FailedSync: machine.SyncFails = true; break;
            case Fault.Corruption: if (MayDamage(machine) && machine.Disk.Corrupt(dice)) FindCorruption(machine); break;
            case Fault.DiskLoss: if (MayDamage(machine)) LoseDisk(machine); break;
            case Fault.LossyNetwork:
                (world.Network.Loss, world.Network.Duplication, world.Network.Reordering) = (dice.Next(40) / 100.0, dice.Next(30) / 100.0, dice.Next(30) / 100.0);
                Later(dice.Span(500, 6000), () => (world.Network.Loss, world.Network.Duplication, world.Network.Reordering) = (0, 0, 0));
                break;
            default: throw new InvalidOperationException($"No fault is called {fault}.");
        }
    }

    private void Crash(Machine machine, TimeSpan downFor)
    {
        if (!machine.IsUp) return;
        Crashes++;
        machine.CrashAndRestart(downFor);
    }

    private void Stop(Machine machine, TimeSpan time)
    {
        if (machine.Process is not { } process) return;
        process.Stop();
        world.Agenda.After(time, process.Continue);
    }

    /// <summary>It is told that the primary is gone, and whoever leads is told that it is.</summary>
    private void Suspect(Machine machine)
    {
        machine.Process?.Step(PrimarySuspected.Now);
        foreach (var other in world.Machines)
            if (other != machine) other.Process?.Step(new MemberSuspected(machine.Copy));
    }

    private void CutFor(TimeSpan time, Action cut)
    {
        cut();
        Later(time, world.Network.Heal);
    }

    /// <summary>The primary hears nothing and nobody but clients, and the others are told so at once: the zombie of every textbook.</summary>
    private void CutOffPrimary(TimeSpan time)
    {
        if (world.Machines.FirstOrDefault(machine => machine.Process?.Core.IsServing == true) is not { } primary) return;
        foreach (var other in world.Machines) world.Network.CutBoth(primary.Index, other.Index);
        world.Catalog.Cut(primary.Index);
        foreach (var other in world.Machines)
            if (other != primary) Later(dice.Span(1, 3000), () => other.Process?.Step(PrimarySuspected.Now));
        Later(time, () =>
        {
            world.Network.Heal();
            world.Catalog.Heal();
        });
    }

    private void HandOff(Machine machine)
    {
        if (machine.Process is { Core.IsServing: true } primary && world.Catalog.Record.Isr.Without(machine.Copy) is { Count: > 0 } others)
            primary.Step(new HandOffRequested(dice.Pick(others.Members)));
    }

    /// <summary>The whole disk, or the folder of the copy: it is the same, since what comes back empty is another copy (S9).</summary>
    private void LoseDisk(Machine machine)
    {
        DiskLosses++;
        machine.WasDamaged = true;
        machine.Crash();
        machine.Disk = new();
        if (!world.Flaws.HasFlag(Flaws.ReusesIdOnEmptyDisk)) (machine.Copy, machine.Disks, machine.IsSpare) = (world.NextCopy(), machine.Disks + 1, true);
        world.Agenda.After(dice.Span(100, 2000), machine.Start);
    }

    /// <summary>Found when it is there: a damaged member that does not know it, takes over and drops the only intact one is more than the protocol survives (docs/replication.md, limits).</summary>
    private void FindCorruption(Machine machine)
    {
        DiskLosses++;
        machine.WasDamaged = true;
        Crash(machine, dice.Span(50, 1500));
    }

    private bool MayDamage(Machine machine)
    {
        if (!Survives(world.Catalog.Record.Isr, machine)) return false;
        foreach (var possible in world.Catalog.Possible)
            if (!Survives(possible.Isr, machine)) return false;
        foreach (var other in world.Machines)
            if (other.Process?.Core.State.Catalog.Pending is { } pending && pending.Etag == world.Catalog.Etag && !Survives(pending.Wanted.Isr, machine)) return false;
        return true;
    }

    private bool Survives(NodeSet isr, Machine without) => world.Machines.Any(other => other != without && isr.Contains(other.Copy) && other.IsIntact);

    private void Later(TimeSpan after, Action act) => world.Agenda.After(after, () =>
    {
        if (!_isOver) act();
    });
}
