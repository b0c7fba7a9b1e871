// Who decides where copies should be: the planner of the product (CopyPlanner), with what it knows of nodes, one step a second; and an
// operator, who now and then moves a copy to another machine, or drains one. Only replicas and learners are changed here, never epoch,
// primary or in-sync set: those are the primary's.
//
// A machine that has lost its disk is another node; the one that it was is away for a while, and then gone.

using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Faults;

internal sealed class Operator(ReplicaWorld world, Dice dice)
{
    private readonly TimeSpan _looksEvery = dice.Span(100, 1000);

    /// <summary>Some say that a node is gone as soon as it is down.</summary>
    private readonly TimeSpan _goneAfter = dice.Chance(0.5) ? TimeSpan.Zero : TimeSpan.FromSeconds(4);
    private readonly Dictionary<string, TimeSpan> _awaySince = [];
    private readonly List<string> _ordered = [];
    private NodeSet _leaving = NodeSet.Empty;
    private string? _draining;

    public bool MovesCopies { get; set; }

    public int Moves { get; private set; }

    public void Start() => world.Agenda.After(_looksEvery, Look);

    /// <summary>Nothing is moved any more; what has begun is brought to its end.</summary>
    public void End()
    {
        MovesCopies = false;
        _draining = null;
    }

    /// <summary>Nothing is left to do: as many copies as wanted, all in-sync, each on another living node, led by one of them.</summary>
    public bool IsSettled(PartitionRecord record)
        => record.Replicas.Count == world.Shape.Copies && record.Isr.Count == world.Shape.Copies && record.Receivers.Count == world.Shape.Copies && record.Replicas.Contains(record.Primary)
            && record.Replicas.Members.Select(copy => world.NodeOf[copy]).Distinct().Count() == world.Shape.Copies && record.Replicas.Members.All(copy => world.Machines.Any(machine => machine.Copy == copy));

    private void Look()
    {
        world.Agenda.After(_looksEvery, Look);
        if (world.Catalog.IsDown) return;
        var nodes = Nodes();
        if (MovesCopies && dice.Chance(0.15)) Move(nodes);
        if (MovesCopies && dice.Chance(0.05)) _draining = _draining is null && world.Machines.Count > world.Shape.Copies ? dice.Pick(world.Machines).Node : null;
        Fulfil();
        var state = State();
        switch (CopyPlanner.Choose(state, nodes, world.Placement))
        {
            case CopyChoice.Order order: _ordered.Add(order.Node); break;
            case CopyChoice.CancelOrder cancel: _ordered.Remove(cancel.Node); break;
            case CopyChoice.Stay stay: _leaving = _leaving.Without(stay.Copy); break;
            case CopyChoice.Retire retire:
                world.Checkers.Retired(state, retire.Copy);
                world.Catalog.Change(RecordChanges.Retire(state.Record, retire.Copy) with { ChangeId = default });
                _leaving = _leaving.Without(retire.Copy);
                break;
            default: break;
        }
    }

    /// <summary>The nodes that were asked make their copies, each with an id that nobody has ever heard.</summary>
    private void Fulfil()
    {
        foreach (var ordered in _ordered.ToArray())
        {
            if (world.Machines.FirstOrDefault(machine => machine.Node == ordered) is not { IsUp: true, IsSpare: true } machine) continue;
            _ordered.Remove(ordered);
            world.NodeOf[machine.Copy] = machine.Node;
            world.Catalog.Change(RecordChanges.Learn(world.Catalog.Record, machine.Copy) with { ChangeId = default });
            machine.BecomeACopy();
        }
    }

    private void Move(IReadOnlyList<PlacementNode> nodes)
    {
        var state = State();
        if (_ordered.Count > 0 || _leaving.Count > 0 || state.Record.Replicas.Count == 0 || CopyPlanner.Target(state, nodes) is not { } target) return;
        Moves++;
        _leaving = _leaving.With(dice.Pick(state.Record.Replicas.Members));
        _ordered.Add(target);
    }

    private PlacementState State()
    {
        var record = world.Catalog.Record;
        foreach (var copy in _leaving.Members)
            if (!record.Receivers.Contains(copy)) _leaving = _leaving.Without(copy);
        return new()
        {
            Record = record,
            Places = [.. record.Receivers.Members.Select(copy => new PlacedCopy(copy, world.NodeOf[copy]))],
            Wanted = world.Shape.Copies,
            MinWanted = world.Shape.MinIsr,
            Leaving = _leaving,
            Ordered = [.. _ordered],
        };
    }

    private List<PlacementNode> Nodes() => [.. world.Machines.Select(machine => new PlacementNode(machine.Node, $"zone {machine.Index % 2}", StandingOf(machine), machine.IsSpare ? 0 : 1))];

    private NodeStanding StandingOf(Machine machine)
    {
        if (machine.IsUp) _awaySince.Remove(machine.Node);
        else _awaySince.TryAdd(machine.Node, world.Agenda.Now);
        if (machine.Node == _draining) return NodeStanding.Draining;
        return machine.IsUp ? NodeStanding.Up : world.Agenda.Now - _awaySince[machine.Node] < _goneAfter ? NodeStanding.Away : NodeStanding.Gone;
    }
}
