// How copies come and go, one story each, in virtual time and without chance: what is wanted changes in the record, and the cores do the rest.

using IngoDB.Replication.Records;
using IngoDB.Replication.States;
using IngoDB.Simulation.Directed;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Replication.Tests;

public sealed class MovementStories
{
    private static readonly TimeSpan WritesEvery = TimeSpan.FromMilliseconds(0.2);

    [Fact]
    public void A_copy_joins_although_somebody_always_writes()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 2, Mutant.None, keepEntries: 1_000_000);
        story.Machine(2).Crash();
        // The disks of the others take so long that there is always an entry which they have not acknowledged.
        foreach (var follower in new[] { 1, 2 }) story.Machine(follower).SyncTime = TimeSpan.FromMilliseconds(10);
        story.Write(on: 0);
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "the shrink");
        var (begun, ends) = (0, story.Now + TimeSpan.FromSeconds(20));
        WriteOn();
        story.Machine(2).Start();

        var joined = story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 3, "the copy in-sync again", seconds: 10);

        Assert.True(joined < TimeSpan.FromSeconds(1), $"{joined}, {begun} writes");

        void WriteOn()
        {
            begun++;
            story.BeginWrite(on: 0, story.World.NextValue());
            if (story.Now < ends) story.World.Agenda.After(WritesEvery, WriteOn);
        }
    }

    [Fact]
    public void A_primary_that_is_not_wanted_any_more_gives_the_lead_away_and_is_erased()
    {
        var story = new Story(machines: 4, copies: 3, minIsr: 2, Mutant.None);
        var value = story.Write(on: 0);
        var (old, newcomer) = (story.Machine(0), story.Machine(3));
        var copy = old.Copy;
        story.World.NodeOf[newcomer.Copy] = newcomer.Node;
        story.World.Catalog.Change(RecordChanges.Learn(story.World.Catalog.Record, newcomer.Copy));
        newcomer.BecomeACopy();
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Contains(newcomer.Copy), "the new copy in-sync");

        story.World.Catalog.Change(RecordChanges.Retire(story.World.Catalog.Record, copy));
        var gap = TimeSpan.Zero;
        story.WaitUntil(() => story.Primary is null, "the hand-off");
        gap = story.WaitUntil(() => story.Primary is not null, "another primary");

        Assert.True(gap < TimeSpan.FromMilliseconds(300), $"{gap}");
        Assert.NotEqual(old, story.Primary);
        story.WaitUntil(() => !story.World.Catalog.Record.Receivers.Contains(copy) && old.Copy != copy, "the old copy out of the record, and erased");
        Assert.Contains(value, story.ReadNow());
    }

    [Fact]
    public void A_copy_that_was_taken_out_of_the_record_while_it_was_away_is_erased_when_it_comes_back()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 1, Mutant.None);
        story.Write(on: 0);
        var (away, copy) = (story.Machine(2), story.Machine(2).Copy);
        away.Crash();
        story.WaitUntil(() => !story.World.Catalog.Record.Isr.Contains(copy), "the shrink");
        story.World.Catalog.Change(RecordChanges.Retire(story.World.Catalog.Record, copy));
        story.Wait(3);
        Assert.False(story.World.Catalog.Record.Receivers.Contains(copy));

        away.Start();
        story.WaitUntil(() => away.Copy != copy, "the erasing");
    }

    [Fact]
    public void A_catalog_that_has_gone_back_erases_nothing()
    {
        var story = new Story(machines: 3, copies: 3, minIsr: 1, Mutant.None);
        var before = story.World.Catalog.Record with { Replicas = story.World.Catalog.Record.Replicas.Without(story.Machine(2).Copy), Isr = story.World.Catalog.Record.Isr.Without(story.Machine(2).Copy) };
        story.Write(on: 0);
        story.Machine(1).Crash();
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 2, "the shrink");
        story.Machine(1).Start();
        story.WaitUntil(() => story.World.Catalog.Record.Isr.Count == 3, "a newer record everywhere");
        story.Wait(5);
        story.World.ExpectsAlarms = true;
        var copy = story.Machine(2).Copy;

        story.World.Catalog.Restore(before);
        story.Wait(10);

        Assert.Equal(copy, story.Machine(2).Copy);
        Assert.Equal(Standing.Whole, story.Machine(2).Process!.Core.Standing);
    }
}
