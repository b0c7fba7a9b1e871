// What movement promises: a copy that is wanted elsewhere goes only when there are enough without it (M2), and nothing is erased on which anybody
// may still count (M4): no record that is, and none that a change under way may still make of it.

using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal sealed class PlacementChecker(ReplicaWorld world)
{
    public void Retired(PlacementState before, CopyId copy)
    {
        var left = before.Record.Isr.Members.Count(other => other != copy && before.Record.Replicas.Contains(other) && !before.Leaving.Contains(other) && world.Machines.Any(machine => machine.Copy == other));
        if (left < before.Wanted) throw new ViolationException("placement", $"copy {copy} retires at {world.Agenda.Now}, and {left} of {before.Wanted} that stay are in-sync");
    }

    public void Erased(Machine machine)
    {
        var counts = Counts(world.Catalog.Record.Receivers, "the record") ?? world.Catalog.Possible.Select(record => Counts(record.Isr, "a change under way")).FirstOrDefault(who => who is not null);
        foreach (var other in world.Machines)
            if (other.Process?.Core.State.Catalog.Pending is { } pending && pending.Etag == world.Catalog.Etag) counts ??= Counts(pending.Wanted.Isr, $"a change that {other} may send again");
        if (counts is not null) throw new ViolationException("placement", $"{machine} is erased at {world.Agenda.Now}, and {counts} counts on it");

        string? Counts(NodeSet copies, string who) => copies.Contains(machine.Copy) ? who : null;
    }
}
