// Nodes that come, go, are drained and come back, and partitions whose copies the planner keeps, without any protocol: an order is fulfilled some time later,
// a learner joins when it likes, a member that does not answer leaves the in-sync set if the floor allows. After every step the promises are looked at; at the end
// everything is up, and the copies must be as they should be. One seed is one history.

using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;

namespace IngoDB.Replication.Tests.Placement;

internal sealed class PlacementModel(int seed, PlacementRules rules)
{
    private const int Steps = 300;
    private const int StepsToSettle = 400;

    private readonly Random _random = new(seed);
    private readonly List<PlacementNode> _nodes = [];
    private readonly List<PlacementState> _partitions = [];
    private int _ids;
    private bool _isPeace;

    /// <summary>What was promised and did not hold; null: everything held.</summary>
    public string? Run()
    {
        var (copies, zones) = (_random.Next(2, 4), _random.Next(1, 4));
        for (var i = 0; i < copies + _random.Next(0, 4); i++) _nodes.Add(new($"n{i}", zones == 1 ? "" : $"z{i % zones}", NodeStanding.Up, 0));
        for (var i = 0; i < 6; i++) _partitions.Add(Fresh(copies));
        for (var step = 0; step < Steps; step++)
        {
            if (_random.Next(8) == 0) Disturb(copies);
            if ((Live(_random.Next(_partitions.Count)) ?? Look()) is { } broken) return $"step {step}: {broken}";
        }

        for (var i = 0; i < _nodes.Count; i++) _nodes[i] = _nodes[i] with { Standing = NodeStanding.Up };
        _isPeace = true;
        for (var step = 0; step < StepsToSettle; step++)
            if ((Live(step % _partitions.Count) ?? Look()) is { } broken) return $"peace: {broken}";
        return _partitions.FirstOrDefault(state => !IsSettled(state)) is { } left ? $"in peace {left.Record.Replicas} are wanted, {left.Record.Isr} in-sync, {left.Wanted} should be; ordered {string.Join(' ', left.Ordered)}" : null;
    }

    private static bool IsSettled(PlacementState state) => state.Record.Replicas.Count == state.Wanted && state.Record.Isr.Count == state.Wanted && state.Ordered.Count == 0 && state.Record.Learners.Count == 0;

    private PlacementState Fresh(int copies)
    {
        var places = Enumerable.Range(0, copies).Select(i => new PlacedCopy(NextCopy(), _nodes[(i + _partitions.Count) % _nodes.Count].Id)).ToList();
        var set = NodeSet.Of([.. places.Select(place => place.Copy)]);
        var min = Math.Max(1, copies - 1);
        return new() { Record = new() { Uuid = new Guid(_partitions.Count + 1, 0, 0, new byte[8]), Epoch = new Epoch(1), Version = 1, Primary = set[0], Replicas = set, Isr = set, MinIsr = min }, Places = places, Wanted = copies, MinWanted = min };
    }

    private CopyId NextCopy() => new(new Guid(++_ids, 1, 0, new byte[8]));

    private void Disturb(int copies)
    {
        var at = _random.Next(_nodes.Count);
        var standing = (NodeStanding)_random.Next(4);
        // A drain that leaves too few nodes is refused by who is asked for it.
        if (standing == NodeStanding.Draining && _nodes.Where((node, i) => i != at && node.Standing is NodeStanding.Up or NodeStanding.Away).Count() < copies) return;
        _nodes[at] = _nodes[at] with { Standing = standing };
    }

    /// <summary>One thing happens to one partition.</summary>
    private string? Live(int at)
    {
        var state = _partitions[at];
        var counted = Counted();
        if (!_isPeace && _random.Next(30) == 0 && state.Ordered.Count == 0 && state.Leaving.Count == 0 && state.Record.Replicas.Count > 0 && CopyPlanner.Target(state, counted) is { } target)
            _partitions[at] = state = state with { Leaving = NodeSet.Of(state.Record.Replicas[_random.Next(state.Record.Replicas.Count)]), Ordered = [target] };
        switch (_random.Next(5))
        {
            case 0:
                var choice = CopyPlanner.Choose(state, counted, rules);
                _partitions[at] = Apply(state, choice);
                return Judge(state, choice, counted);
            case 1 when state.Ordered.Count > 0 && StandingOf(state.Ordered[0]) == NodeStanding.Up:
                var copy = NextCopy();
                _partitions[at] = state with { Ordered = [.. state.Ordered.Skip(1)], Places = [.. state.Places, new(copy, state.Ordered[0])], Record = RecordChanges.Learn(state.Record, copy) };
                break;
            case 2:
                foreach (var newcomer in state.Record.Learners.Union(state.Record.Replicas).Members)
                    if (!state.Record.Isr.Contains(newcomer) && IsUp(state, newcomer) && IsUp(state, state.Record.Primary)) _partitions[at] = state with { Record = RecordChanges.Expand(state.Record, newcomer) };
                break;
            case 3:
                foreach (var member in state.Record.Isr.Members)
                    if ((!IsUp(state, member) || !state.Record.Replicas.Contains(member)) && state.Record.Isr.Count > state.Record.MinIsr && member != state.Record.Primary) _partitions[at] = state with { Record = RecordChanges.Shrink(state.Record, member) };
                break;
            default:
                var primary = state.Record.Primary;
                if (IsUp(state, primary) && state.Record.Replicas.Contains(primary)) break;
                foreach (var successor in state.Record.Isr.Members)
                    if (successor != primary && IsUp(state, successor) && state.Record.Replicas.Contains(successor)) _partitions[at] = state with { Record = RecordChanges.TakeOver(state.Record, successor, (record, isr) => isr.Count >= record.MinIsr) };
                break;
        }

        return null;
    }

    private PlacementState Apply(PlacementState state, CopyChoice choice) => choice switch
    {
        CopyChoice.Order order => state with { Ordered = [.. state.Ordered, order.Node] },
        CopyChoice.CancelOrder cancel => state with { Ordered = [.. state.Ordered.Where(node => node != cancel.Node)] },
        CopyChoice.Stay stay => state with { Leaving = state.Leaving.Without(stay.Copy) },
        CopyChoice.Retire retire => state with { Record = RecordChanges.Retire(state.Record, retire.Copy) },
        _ => state,
    };

    /// <summary>What a single decision promises.</summary>
    private string? Judge(PlacementState before, CopyChoice choice, IReadOnlyList<PlacementNode> counted) => choice switch
    {
        CopyChoice.Order order when StandingOf(order.Node) != NodeStanding.Up => $"{order.Node} is {StandingOf(order.Node)} and shall make a copy",
        CopyChoice.Order order when IsCrowded(before, order.Node, counted) is { } better => $"{order.Node} shall make a copy, and {better} is in a zone that has fewer",
        CopyChoice.Retire retire when InSyncWithout(before, retire.Copy) < before.Wanted => $"{retire.Copy} retires, and {InSyncWithout(before, retire.Copy)} of {before.Wanted} in-sync stay",
        _ => null,
    };

    private int InSyncWithout(PlacementState state, CopyId copy)
        => state.Record.Isr.Members.Count(other => other != copy && !state.Leaving.Contains(other) && state.Record.Replicas.Contains(other) && StandingOf(state.NodeOf(other)!) is NodeStanding.Up or NodeStanding.Away);

    private string? IsCrowded(PlacementState state, string chosen, IReadOnlyList<PlacementNode> counted)
        => counted.FirstOrDefault(node => node.Standing == NodeStanding.Up && !state.Holds(node.Id) && !state.Ordered.Contains(node.Id) && InZone(state, node.Zone) < InZone(state, counted.Single(n => n.Id == chosen).Zone))?.Id;

    private int InZone(PlacementState state, string zone)
    {
        var staying = state.Record.Replicas.Union(state.Record.Learners).Members.Where(copy => !state.Leaving.Contains(copy)).Select(copy => state.NodeOf(copy)!).Where(node => StandingOf(node) is NodeStanding.Up or NodeStanding.Away).Concat(state.Ordered);
        return staying.Count(node => _nodes.Single(n => n.Id == node).Zone == zone);
    }

    /// <summary>What holds at any time: no two copies of a partition on one node, and never fewer in-sync than the minimum.</summary>
    private string? Look()
    {
        foreach (var state in _partitions)
        {
            var nodes = state.Record.Receivers.Members.Select(copy => state.NodeOf(copy)!).Concat(state.Ordered).ToList();
            if (nodes.Distinct().Count() != nodes.Count) return $"a node has two copies: {string.Join(' ', nodes)}";
            if (state.Record.Isr.Count < state.Record.MinIsr) return $"{state.Record.Isr.Count} in-sync, and at least {state.Record.MinIsr} there must be";
        }

        return null;
    }

    private List<PlacementNode> Counted() => [.. _nodes.Select(node => node with { Copies = _partitions.Count(state => state.Holds(node.Id) || state.Ordered.Contains(node.Id)) })];

    private bool IsUp(PlacementState state, CopyId copy) => StandingOf(state.NodeOf(copy)!) is NodeStanding.Up or NodeStanding.Draining;

    private NodeStanding StandingOf(string node) => _nodes.Single(n => n.Id == node).Standing;
}
