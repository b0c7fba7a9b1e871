// A machine: a disk, two clocks, and at most one process. The process may die, the machine may lose its disk; what comes back
// with an empty disk is another node (S9).

using IngoDB.Replication.Events;
using IngoDB.Replication.Members;
using IngoDB.Replication.States;

namespace IngoDB.Simulation.World;

internal sealed class Machine(int index, ReplicaWorld world)
{
    /// <summary>2026-01-01.</summary>
    private const long WallAtStart = 1_767_225_600_000;

    public int Index => index;

    public CopyId Copy { get; set; }

    /// <summary>The node that it is: its disk, which another one is when it is lost.</summary>
    public string Node => $"node {index}.{Disks}";

    /// <summary>Disks that it has had before this one.</summary>
    public int Disks { get; set; }

    /// <summary>No record has named its copy yet.</summary>
    public bool IsSpare { get; set; } = true;

    public ulong Incarnation { get; set; }

    public SimulatedDisk Disk { get; set; } = new();

    public ReplicaProcess? Process { get; private set; }

    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>How fast the steady clock runs; leases assume at most 20 % off.</summary>
    public double Rate { get; set; } = 1;

    /// <summary>By so much a clock that stands still in suspend is behind one that does not; what the core is given must not.</summary>
    public TimeSpan Slept { get; set; }

    /// <summary>A sync takes so long.</summary>
    public TimeSpan SyncTime { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The next sync fails.</summary>
    public bool SyncFails { get; set; }

    /// <summary>It has lost synced data at some time.</summary>
    public bool WasDamaged { get; set; }

    public bool IsUp => Process is not null;

    /// <summary>It has everything that it ever acknowledged, as far as anybody could see from outside.</summary>
    public bool IsIntact => !Disk.IsDamaged && Process?.Core.Standing is null or Standing.Whole or Standing.Poisoned;

    public Moment Now => new(TimeSpan.FromTicks((long)((world.Agenda.Now - Slept).Ticks * Rate)), WallAtStart + (long)(world.Agenda.Now + Skew).TotalMilliseconds);

    public void Start()
    {
        if (IsUp) return;
        Incarnation++;
        Process = new ReplicaProcess(this, world);
        Process.Start();
    }

    /// <summary>The process is gone, and with it everything that was not synced, or not all of it.</summary>
    public void Crash()
    {
        if (Process is null) return;
        Process.Die();
        Process = null;
        Disk.Crash(world.DiskDice);
    }

    public void CrashAndRestart(TimeSpan after)
    {
        Crash();
        world.Agenda.After(after, Start);
    }

    /// <summary>The record names it: a process of the copy begins, a moment later.</summary>
    public void BecomeACopy()
    {
        IsSpare = false;
        CrashAndRestart(world.HostDice.Span(1, 200));
    }

    /// <summary>M4: what the copy had is erased; the machine can be given another one.</summary>
    public void Erase()
    {
        world.Checkers.Erased(this);
        Process!.Die();
        Process = null;
        (Disk, Copy, IsSpare) = (new(), world.NextCopy(), true);
        world.Agenda.After(TimeSpan.FromMilliseconds(20), Start);
    }

    public override string ToString() => $"machine {index} ({Copy}/{Incarnation})";
}
