// Who decides where copies should be: the balancer of a cluster, with its operator. A lost node leaves the list of replicas, the
// machine that came back with an empty disk becomes a learner, and now and then a copy moves to another machine. Only replicas
// and learners are changed here, never epoch, primary or in-sync set: those are the primary's.

using IngoDB.Replication.Members;
using IngoDB.Replication.Records;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Faults;

internal sealed class Operator(ReplicaWorld world, Dice dice)
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    public bool MovesCopies { get; set; }

    public void Start() => world.Agenda.After(LooksEvery, Look);

    private void Look()
    {
        world.Agenda.After(LooksEvery, Look);
        if (world.Catalog.IsDown) return;
        var record = world.Catalog.Record;
        var (replicas, learners) = (Living(record.Replicas), Living(record.Learners));
        if (MovesCopies && dice.Chance(0.1) && learners.Count == 0 && replicas.Count >= world.Shape.Copies) (replicas, learners) = Move(record, replicas, learners);
        foreach (var machine in world.Machines)
            if (replicas.Union(learners).Count < world.Shape.Copies && machine.IsUp) learners = replicas.Contains(machine.Copy) ? learners : learners.With(machine.Copy);
        if (replicas != record.Replicas || learners != record.Learners) world.Catalog.Change(record with { Replicas = replicas, Learners = learners, ChangeId = default });
    }

    /// <summary>A new copy first; the old one leaves when there are more than there should be.</summary>
    private (NodeSet Replicas, NodeSet Learners) Move(PartitionRecord record, NodeSet replicas, NodeSet learners)
    {
        if (replicas.Count > world.Shape.Copies)
        {
            var leaves = replicas.Members.FirstOrDefault(node => node != record.Primary);
            return (leaves == CopyId.None ? replicas : replicas.Without(leaves), learners);
        }

        var comes = world.Machines.FirstOrDefault(machine => machine.IsUp && !replicas.Contains(machine.Copy) && !record.Isr.Contains(machine.Copy));
        return (replicas, comes is null ? learners : learners.With(comes.Copy));
    }

    private NodeSet Living(NodeSet nodes)
    {
        foreach (var node in nodes.Members)
            if (world.Machines.All(machine => machine.Copy != node)) nodes = nodes.Without(node);
        return nodes;
    }
}
