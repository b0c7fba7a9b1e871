// Schedules that chance does not find, or not soon enough. Each tells how a promise would be broken if one rule were missing;
// with the rule it is kept. A mutant's test runs its story twice.

using IngoDB.Replication.Messages;
using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Directed;

internal static class Stories
{
    /// <summary>By the name of the mutant that breaks it.</summary>
    public static IReadOnlyDictionary<string, Action<Mutant>> ByMutant { get; } = new Dictionary<string, Action<Mutant>>
    {
        ["confirm-by-majority"] = ConfirmingFromASubset,
        ["believe-any-incarnation"] = TwoProcessesOfOneCopy,
        ["mend-before-saved"] = ACopyBreaksAndItsDiskIsSlow,
        ["answer-at-once"] = TwoThatForgotWhomTheyFollow,
        ["match-what-was-trimmed"] = AForcedPrimaryAndTheOnesBefore,
        ["install-any-snapshot"] = AnOldSnapshotComesAgain,
        ["sleep-through-a-lease"] = APrimarySleepsThroughItsLease,
    };

    /// <summary>
    /// A majority of the old primary's in-sync set may have slept through everything. 0 leads, with 1 and 2. 2 takes over, reaches neither 0 nor 1,
    /// brings in 3 and drops 1: its writes need 2 and 3 only. 1 has never heard of it, and would still confirm 0.
    /// </summary>
    public static void ConfirmingFromASubset(Mutant mutant)
    {
        var story = new Story(machines: 4, copies: 3, minIsr: 2, mutant);
        var world = story.World;
        story.Machine(3).Crash();
        world.Catalog.Change(world.Catalog.Record with { Learners = world.Catalog.Record.Learners.With(story.Machine(3).Copy) });
        story.Write(on: 0);
        story.Wait(5);
        story.Cut(0, 2);
        story.Cut(0, 3);
        story.Cut(1, 2);
        story.Cut(1, 3);
        world.Catalog.Cut(0);
        world.Catalog.Cut(1);
        story.Machine(3).Start();
        story.TakesOver(2);
        var value = story.Write(on: 2);
        story.MustContain(story.Read(on: 0), value, "1 confirmed the old primary, and knows nothing of the new one");
    }

    /// <summary>One leads under a lease and its machine is suspended. The others wait until no lease can run any more, and go on. When it wakes up, cut off from them, it must know how long it has slept.</summary>
    public static void APrimarySleepsThroughItsLease(Mutant mutant)
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, mutant, leases: true);
        var sleeper = story.Primary!.Index;
        story.Write(sleeper);
        story.Wait(1);
        story.Machine(sleeper).Process!.Stop();
        story.CutOff(sleeper);
        Machine? successor = null;
        story.WaitUntil(() => (successor = story.World.Machines.FirstOrDefault(machine => machine.Index != sleeper && machine.Process?.Core.IsServing == true)) is not null, "a successor");
        var value = story.Write(successor!.Index);
        story.Machine(sleeper).Process!.Continue();
        story.MustContain(story.Read(sleeper), value, "the old primary believes in the lease that it had before it slept");
    }

    /// <summary>
    /// 0 was started again, leads, with 1 and 2, and is cut off before it has heard them. 2 takes over and brings in 3 for 1, which is down; 3 has the entry that begins the epoch on disk, 2 has not yet, and dies. 2 and 1
    /// come back, without the catalog. If they forgot the new epoch, or spoke before they have read the record, they would acknowledge a write of 0, and 3 does not have it.
    /// </summary>
    public static void TwoThatForgotWhomTheyFollow(Mutant mutant)
    {
        var story = new Story(machines: 4, copies: 3, minIsr: 1, mutant);
        var world = story.World;
        var (slow, newcomer) = (story.Machine(2), story.Machine(3));
        newcomer.Crash();
        world.Catalog.Change(world.Catalog.Record with { Learners = world.Catalog.Record.Learners.With(newcomer.Copy) });
        story.Write(on: 0);
        story.Wait(1);
        foreach (var other in world.Machines) world.Network.CutBoth(0, other.Index);
        story.Machine(0).CrashAndRestart(TimeSpan.Zero);
        story.WaitUntil(() => story.Machine(0).Process?.Core.State.Leader is not null, "0 as primary once more, and nobody has heard it");
        world.Catalog.Cut(0);
        story.Machine(1).Crash();
        newcomer.Start();
        slow.SyncTime = TimeSpan.FromSeconds(3);
        slow.Process!.Step(IngoDB.Replication.Events.PrimarySuspected.Now);
        story.WaitUntil(() => world.Catalog.Record.Isr.Contains(newcomer.Copy) && !world.Catalog.Record.Isr.Contains(story.Machine(1).Copy), "3 in-sync in place of 1");
        slow.Disk.FailSync();
        slow.Crash();
        slow.SyncTime = TimeSpan.FromMilliseconds(1);
        // What it has said is heard, or lost, by now.
        story.Wait(0.5);
        foreach (var forgetful in new[] { 1, 2 })
        {
            world.Catalog.Cut(forgetful);
            story.Machine(forgetful).Start();
        }

        world.Network.Heal();
        story.Cut(0, 3);
        story.Cut(1, 3);
        story.Cut(2, 3);
        story.Wait(2);
        var value = story.TryWrite(on: 0, out var isDone, seconds: 2);
        if (!isDone) return;
        // Whoever is asked to cut what it has committed will call for help.
        world.ExpectsAlarms = true;
        story.Machine(0).Crash();
        story.Heal();
        story.TakesOver(3);
        story.MustContain(story.ReadNow(), value, "two copies acknowledged it to a primary that had a successor");
    }

    /// <summary>
    /// 2 is cut off while 0 and 1 go on without it and trim their logs; both die, and an operator forces 2, which lacks all that. When they come back, their logs are longer
    /// than that of 2, and what 2 has written since stands where theirs are trimmed. They give up what they had, and have what 2 has; if they took what was
    /// trimmed for the same, they would be counted in-sync with something else.
    /// </summary>
    public static void AForcedPrimaryAndTheOnesBefore(Mutant mutant)
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 1, mutant, keepEntries: 0);
        var (world, left) = (story.World, story.Machine(2));
        story.Write(on: 0);
        story.CutOff(2);
        for (var i = 0; i < 60; i++) story.Write(on: 0);
        story.Machine(0).Crash();
        story.Machine(1).Crash();
        story.Heal();
        world.ExpectsAlarms = true;
        world.Catalog.Change(IngoDB.Replication.Records.RecordChanges.Force(world.Catalog.Record, left.Copy));
        story.WaitUntil(() => left.Process!.Core.IsServing, "the forced primary");
        var value = story.Write(on: 2);
        story.Machine(0).Start();
        story.Machine(1).Start();
        story.WaitUntil(() => world.Catalog.Record.Isr.Count == 3, "all in-sync again");
        var last = story.Write(on: 2);
        left.Crash();
        story.WaitUntil(() => story.Primary is not null, "one of the others as primary");
        var found = story.ReadNow();
        story.MustContain(found, value, "the forced primary had it when the others came back");
        story.MustContain(found, last, "it was on every copy in sync");
    }

    /// <summary>
    /// A folder was copied, and the copy is started: it is the later process of the same copy. What the former one acknowledges after that is on a
    /// disk that nobody will ask. If it counted, an entry would be committed that the process which can take over does not have.
    /// </summary>
    public static void TwoProcessesOfOneCopy(Mutant mutant)
    {
        var story = new Story(machines: 4, copies: 3, minIsr: 2, mutant);
        var world = story.World;
        story.Machine(3).Crash();
        var primary = story.Primary!;
        var followers = world.Machines.Where(machine => machine.Index < 3 && machine != primary).ToArray();
        var (original, third, clone) = (followers[0], followers[1], story.Machine(3));
        story.Write(on: primary.Index);
        story.Wait(1);
        (clone.Copy, clone.Incarnation, clone.Disk) = (original.Copy, original.Incarnation, original.Disk.Clone());
        // The original's disk takes its time, the third's does not.
        original.SyncTime = TimeSpan.FromMilliseconds(300);
        var value = world.NextValue();
        var isDone = story.BeginWrite(primary.Index, value);
        story.Wait(0.01);
        world.Network.CutBoth(primary.Index, third.Index);
        clone.Start();
        // It says who it is, and is cut off.
        story.WaitUntil(() => primary.Process!.Core.State.Leader?.Find(original.Copy)?.Incarnation == clone.Incarnation, "the clone's first word");
        world.Network.CutBoth(primary.Index, clone.Index);
        story.WaitUntil(() => original.Disk.Synced == primary.Disk.Synced, "the original's sync");
        story.Wait(0.02);
        if (isDone() != true) return;
        // Acknowledged. Now the clone leads, and the only other one that has the entry does not know that it is committed.
        primary.Crash();
        original.Crash();
        story.TakesOver(clone.Index);
        story.MustContain(story.Read(clone.Index), value, "it was acknowledged by a former process of the copy that leads");
    }

    /// <summary>
    /// A follower that was far behind got a snapshot, caught up, and is in-sync again. The same snapshot, sent twice by the network, comes once more. If it
    /// replaced the log, what was acknowledged since would be gone from a member of the in-sync set.
    /// </summary>
    public static void AnOldSnapshotComesAgain(Mutant mutant)
    {
        var story = new Story(machines: 2, copies: 2, minIsr: 1, mutant, keepEntries: 0);
        var world = story.World;
        var primary = story.Primary!;
        var follower = world.Machines.First(machine => machine != primary);
        var snapshots = story.Record<Snapshot>();
        story.CutOff(follower.Index);
        for (var i = 0; i < 60; i++) story.Write(on: primary.Index);
        story.Heal();
        story.WaitUntil(() => snapshots.Count > 0 && world.Catalog.Record.Isr.Count == 2, "the follower in-sync again");
        var value = story.Write(on: primary.Index);
        follower.Process!.Step(new IngoDB.Replication.Events.Received(snapshots[^1]));
        story.Wait(0.05);
        primary.Crash();
        story.TakesOver(follower.Index);
        story.MustContain(story.ReadNow(), value, "it was on both copies when it was acknowledged");
    }

    /// <summary>
    /// All start again, and one of two copies finds its log damaged. Its disk is slow: the note that it is broken takes seconds, the snapshot does not. It dies
    /// again before the note is written. If the snapshot had replaced the damaged log already, the next start would find an ordinary, empty log.
    /// </summary>
    public static void ACopyBreaksAndItsDiskIsSlow(Mutant mutant)
    {
        var story = new Story(machines: 2, copies: 2, minIsr: 2, mutant);
        var value = story.Write(on: 0);
        story.Write(on: 0);
        story.Wait(1);
        var (intact, broken) = (story.Machine(0), story.Machine(1));
        intact.Crash();
        broken.Crash();
        if (!broken.Disk.Corrupt(new Dice(1, "story"))) throw new InvalidOperationException("There is nothing to damage.");
        broken.SyncTime = TimeSpan.FromSeconds(3);
        intact.Start();
        broken.Start();
        story.Wait(2.5);
        broken.Crash();
        intact.Crash();
        broken.SyncTime = TimeSpan.FromMilliseconds(1);
        broken.Start();
        story.Wait(3);
        intact.Start();
        story.MustContain(story.ReadNow(), value, "the intact copy had it, and was led by one that did not know that it was broken");
    }
}
