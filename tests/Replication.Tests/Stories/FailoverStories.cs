// What a cluster lives through, one story each, in virtual time and without chance. The figures are those of replication.md, with
// the times of ReplicaOptions; the disk of a story syncs in about a millisecond.

using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Simulation.Directed;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Replication.Tests;

public sealed class FailoverStories
{
    private static readonly TimeSpan FailoverMax = TimeSpan.FromSeconds(3);

    [Fact]
    public void A_primary_dies_and_nothing_that_it_acknowledged_is_lost()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        var value = story.Write(on: 0);

        story.Machine(0).Crash();
        var gap = story.WaitUntil(() => story.Primary is not null, "a successor");

        Assert.Contains(value, story.ReadNow());
        Assert.True(gap < FailoverMax, $"{gap}");
        story.Write(on: story.Primary!.Index);
    }

    [Fact]
    public void Two_copies_go_on_alone_and_lose_nothing_to_two_losses_in_turn()
    {
        var story = new Story(machines: 2, copies: 2, minIsr: 1, Mutant.None);
        var first = story.Write(on: 0);

        story.Machine(0).Crash();
        story.WaitUntil(() => story.Primary?.Index == 1, "machine 1 as primary");
        var second = story.Write(on: 1);
        story.Machine(0).Start();
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "machine 0 in-sync again");
        story.Machine(1).Crash();
        story.WaitUntil(() => story.Primary?.Index == 0, "machine 0 as primary");

        Assert.Equal([first, second], story.ReadNow());
    }

    [Fact]
    public void A_stopped_primary_wakes_and_neither_writes_nor_reads()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Write(on: 0);
        var zombie = story.Machine(0).Process!;

        zombie.Stop();
        story.WaitUntil(() => story.World.Machines.Any(m => m.Index > 0 && m.Process!.Core.IsServing), "a successor");
        var successor = story.World.Machines.First(m => m.Index > 0 && m.Process!.Core.IsServing);
        var value = story.Write(on: successor.Index);
        story.World.Network.CutBoth(0, 1);
        story.World.Network.CutBoth(0, 2);
        story.World.Catalog.Cut(0);
        zombie.Continue();

        var refused = story.TryWrite(on: 0, out var isDone);
        Assert.False(isDone);
        Assert.Null(story.Read(on: 0));
        story.Heal();
        story.Wait(5);
        Assert.Contains(value, story.ReadNow());
        Assert.DoesNotContain(refused, story.ReadNow());
    }

    [Fact]
    public void All_lose_power_at_once_and_everything_acknowledged_is_there()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        var values = Enumerable.Range(0, 40).Select(_ => story.Write(on: 0)).ToList();

        foreach (var machine in story.World.Machines) machine.Crash();
        foreach (var machine in story.World.Machines) machine.Start();
        var gap = story.WaitUntil(() => story.Primary is not null, "a primary");

        Assert.Equal(values, story.ReadNow());
        Assert.True(gap < FailoverMax, $"{gap}");
    }

    [Fact]
    public void A_graceful_hand_off_pauses_writes_for_less_than_300_ms()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Write(on: 0);

        story.Machine(0).Process!.Step(new HandOffRequested(story.Machine(2).Copy));
        var gap = story.WaitUntil(() => story.Machine(2).Process!.Core.IsServing, "machine 2 as primary");

        Assert.True(gap < TimeSpan.FromMilliseconds(300), $"{gap}");
        story.Write(on: 2);
    }

    [Fact]
    public void A_catalog_that_is_away_disturbs_nobody()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);

        story.World.Catalog.IsDown = true;
        story.Wait(20);

        var value = story.Write(on: 0);
        Assert.Contains(value, story.Read(on: 0)!);
    }

    [Fact]
    public void A_slow_copy_leaves_the_in_sync_set_and_writes_go_on()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Machine(2).SyncTime = TimeSpan.FromSeconds(20);

        var value = story.Write(on: 0);

        Assert.Equal(2, story.World.Catalog.Record.Isr.Count);
        Assert.Contains(value, story.ReadNow());
    }

    [Fact]
    public void At_the_minimum_writes_wait_until_a_copy_is_back()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Machine(1).Crash();
        story.Write(on: 0);
        story.Machine(2).Crash();

        story.TryWrite(on: 0, out var alone);
        story.Machine(1).Start();
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Contains(story.Machine(1).Copy), "machine 1 in the place of machine 2");

        Assert.False(alone);
        story.Write(on: 0);
    }

    [Fact]
    public void A_lost_disk_is_replaced_by_a_copy_on_another_machine()
    {
        var story = new Story(machines: 4, copies: 3, minIsr: 2, Mutant.None, keepEntries: 0);
        var values = Enumerable.Range(0, 60).Select(_ => story.Write(on: 0)).ToList();
        var catalog = story.World.Catalog;

        story.Machine(1).Crash();
        catalog.Change(catalog.Record with { Replicas = catalog.Record.Replicas.Without(story.Machine(1).Copy), Learners = catalog.Record.Learners.With(story.Machine(3).Copy) });
        story.WaitUntil(() => catalog.Record.Isr.Contains(story.Machine(3).Copy) && catalog.Record.Isr.Count == 3, "machine 3 in-sync");
        story.Machine(0).Crash();
        story.Machine(2).Crash();
        story.Machine(2).Start();
        story.WaitUntil(() => story.Primary is not null, "a successor");

        Assert.Equal(values, story.ReadNow());
    }

    [Fact]
    public void With_a_lease_reads_ask_nobody_and_a_successor_waits()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None, leases: true);
        var primary = story.Primary!;
        var value = story.Write(primary.Index);
        story.Wait(1);
        story.CutOff(primary.Index);

        // Nobody answers any more, and the lease still runs.
        Assert.Contains(value, story.Read(primary.Index, ReadKind.Lease)!);
        var gap = story.WaitUntil(() => story.World.Machines.Any(machine => machine != primary && machine.Process!.Core.IsServing), "a successor");

        Assert.True(gap >= story.World.Options.LeaseLength, $"{gap}");
        Assert.Null(story.Read(primary.Index, ReadKind.Lease));
    }

    [Fact]
    public void A_catalog_that_was_restored_from_a_backup_is_found_out_and_nothing_is_reconfigured()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.World.ExpectsAlarms = true;
        var backup = story.World.Catalog.Record;
        story.TakesOver(1);
        story.Write(on: 1);

        story.World.Catalog.Restore(backup);
        story.WaitUntil(() => story.World.Alarms.Any(a => a.Alarm.Kind == AlarmKind.CatalogRegressed), "the alarm");
        story.Wait(10);

        Assert.Equal(backup, story.World.Catalog.Record);
        story.Write(on: 1);
    }

    [Fact]
    public void A_disk_that_went_back_is_found_out_by_the_primary_and_mended()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.World.ExpectsAlarms = true;
        story.Write(on: 0);
        story.Wait(1);
        var old = story.Machine(2).Disk.Clone();
        var value = story.Write(on: 0);

        story.Machine(2).Crash();
        story.Machine(2).Disk = old;
        story.Machine(2).Start();
        story.WaitUntil(() => story.World.Alarms.Any(a => a.Alarm.Kind == AlarmKind.MemberWentBack), "the alarm");
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 3, "machine 2 in-sync again");
        story.WaitUntil(() => story.Machine(2).Process!.Core.Committed == story.Machine(0).Process!.Core.Committed, "everything at machine 2");

        Assert.Contains(value, story.ReadNow());
    }

    [Fact]
    public void A_disk_that_went_back_and_leads_is_refused_by_who_has_more()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.World.ExpectsAlarms = true;
        story.Write(on: 0);
        story.Wait(1);
        var old = story.Machine(2).Disk.Clone();
        story.Write(on: 0);
        story.Wait(1);

        story.Machine(2).Crash();
        story.Machine(0).Crash();
        story.Machine(2).Disk = old;
        story.Machine(2).Start();
        story.Wait(0.3);
        story.Machine(2).Process!.Step(PrimarySuspected.Now);
        story.WaitUntil(() => story.World.Alarms.Any(a => a.Alarm.Kind == AlarmKind.IsrViolation), "the alarm");

        Assert.False(story.Machine(2).Process!.Core.IsServing);
    }

    [Fact]
    public void Nobody_waits_for_a_copy_that_said_it_ends_and_it_is_counted_again_when_it_is_there_again()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Write(on: 0);

        story.Machine(2).Process!.Step(LeaveRequested.Now);
        story.WaitUntil(() => !story.World.Catalog.Record.Isr.Contains(story.Machine(2).Copy), "machine 2 out of the set");
        // It still acknowledges, and is not taken back for that.
        story.Write(on: 0);
        story.Wait(2);
        Assert.Equal(2, story.World.Catalog.Record.Isr.Count);

        story.Machine(2).Crash();
        story.Machine(2).Start();
        Assert.True(story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 3, "machine 2 in-sync again") < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_copy_that_said_it_ends_and_does_not_is_counted_again_later()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Machine(2).Process!.Step(LeaveRequested.Now);
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "machine 2 out of the set");

        Assert.InRange(story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 3, "machine 2 in-sync again"), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void A_member_of_which_it_is_known_that_it_is_gone_is_not_waited_for()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Write(on: 0);

        story.Machine(2).Crash();
        story.Machine(0).Process!.Step(new MemberSuspected(story.Machine(2).Copy));
        Assert.True(story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "machine 2 out of the set") < TimeSpan.FromSeconds(0.3));
        story.Write(on: 0);
    }

    [Fact]
    public void At_the_floor_nobody_leaves()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        story.Machine(1).Process!.Step(LeaveRequested.Now);
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "machine 1 out of the set");

        story.Machine(2).Process!.Step(LeaveRequested.Now);
        story.Machine(0).Process!.Step(new MemberSuspected(story.Machine(2).Copy));
        story.Wait(1);

        Assert.True(story.World.Catalog.Record.Isr.Contains(story.Machine(2).Copy));
        story.Write(on: 0);
    }

    [Fact]
    public void A_forced_primary_counts_what_may_be_lost()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None);
        var record = story.World.Catalog.Record;

        var forced = Records.RecordChanges.Force(record, story.Machine(2).Copy);

        Assert.Equal(record.DataLosses + 1, forced.DataLosses);
        Assert.Equal(record.Epoch.Next, forced.Epoch);
        Assert.Equal(story.Machine(2).Copy, Assert.Single(forced.Isr.Members));
    }
}
