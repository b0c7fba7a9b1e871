// Where the next copy goes and which one goes away: by examples that fit on a line, and by histories of which nobody thought.

using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Replication.Tests.Placement;

public sealed class CopyPlannerTests
{
    private const int Histories = 200;

    /// <summary>Nodes as name:zone:standing, upper case has a copy in-sync, lower case does not; what the planner does.</summary>
    [Theory]
    [InlineData("A B C d", "", "rest")]
    [InlineData("A B C- d", "", "rest")]
    [InlineData("A B C! d", "", "order d")]
    [InlineData("A B C~ d", "", "order d")]
    [InlineData("A B C!", "", "lack")]
    [InlineData("A B C! d- e~", "", "lack")]
    [InlineData("A B C! D", "", "retire C")]
    [InlineData("A B C~ D", "", "retire C")]
    [InlineData("A B C D", "", "retire D")]
    [InlineData("A:1 B:2 C! d:1 e:2 f:3", "", "order f")]
    [InlineData("A:1 B:1 C:2 D:3", "", "retire B")]
    [InlineData("A B C d", "d", "rest")]
    [InlineData("A B C! d e", "d", "rest")]
    [InlineData("A B C! d- e", "d", "cancel d")]
    public void One_step_at_a_time(string nodes, string ordered, string expected)
    {
        var state = State(nodes, ordered);

        var choice = CopyPlanner.Choose(state, NodesOf(nodes));

        Assert.Equal(expected, choice switch
        {
            CopyChoice.Rest { Lack: null } => "rest",
            CopyChoice.Rest => "lack",
            CopyChoice.Order order => $"order {order.Node}",
            CopyChoice.CancelOrder cancel => $"cancel {cancel.Node}",
            CopyChoice.Retire retire => $"retire {state.NodeOf(retire.Copy)!.ToUpperInvariant()}",
            _ => choice.ToString(),
        });
    }

    [Fact]
    public void A_copy_that_was_told_to_leave_stays_until_another_is_in_sync()
    {
        var nodes = NodesOf("A B C d");
        var moving = State("A B C d", "d") with { Leaving = NodeSet.Of(Copy('C')) };
        Assert.IsType<CopyChoice.Rest>(CopyPlanner.Choose(moving, nodes));

        var learning = moving with { Ordered = [], Places = [.. moving.Places, new(Copy('D'), "d")], Record = RecordChanges.Learn(moving.Record, Copy('D')) };
        Assert.IsType<CopyChoice.Rest>(CopyPlanner.Choose(learning, nodes));

        var joined = learning with { Record = RecordChanges.Expand(learning.Record, Copy('D')) };
        Assert.Equal(Copy('C'), Assert.IsType<CopyChoice.Retire>(CopyPlanner.Choose(joined, nodes)).Copy);
        Assert.IsType<CopyChoice.Rest>(CopyPlanner.Choose(joined with { Record = RecordChanges.Retire(joined.Record, Copy('C')) }, nodes));
    }

    [Fact]
    public void A_move_whose_target_is_gone_goes_elsewhere_and_where_there_is_no_place_the_copy_stays()
    {
        var moving = State("A B C d e", "d") with { Leaving = NodeSet.Of(Copy('C')) };

        var without = moving with { Ordered = [] };
        Assert.Equal("d", Assert.IsType<CopyChoice.CancelOrder>(CopyPlanner.Choose(moving, NodesOf("A B C d! e"))).Node);
        Assert.Equal("e", Assert.IsType<CopyChoice.Order>(CopyPlanner.Choose(without, NodesOf("A B C d! e"))).Node);
        Assert.Equal(Copy('C'), Assert.IsType<CopyChoice.Stay>(CopyPlanner.Choose(without, NodesOf("A B C d! e-"))).Copy);
    }

    [Fact]
    public void The_minimum_that_was_given_up_for_a_forced_primary_comes_back_with_the_copies()
    {
        var state = State("A B C", "");
        var forced = state with { Record = state.Record with { MinIsr = 1 } };

        Assert.Equal(2, Assert.IsType<CopyChoice.RaiseFloor>(CopyPlanner.Choose(forced, NodesOf("A B C"))).MinIsr);
        Assert.IsNotType<CopyChoice.RaiseFloor>(CopyPlanner.Choose(forced with { Record = forced.Record with { Isr = NodeSet.Of(Copy('A')) } }, NodesOf("A B C")));
    }

    [Fact]
    public void Many_partitions_that_lose_a_node_are_spread_over_the_others()
    {
        var lost = Enumerable.Range(0, 60).Select(i => State("A B C! d e f", "") is var state ? state with { Record = state.Record with { Uuid = new Guid(i + 1, 0, 0, new byte[8]) } } : state).ToList();
        var counts = new Dictionary<string, int> { ["d"] = 0, ["e"] = 0, ["f"] = 30 };
        foreach (var state in lost)
        {
            var nodes = NodesOf("A B C! d e f").Select(node => node with { Copies = counts.GetValueOrDefault(node.Id) }).ToList();
            counts[Assert.IsType<CopyChoice.Order>(CopyPlanner.Choose(state, nodes)).Node]++;
        }

        Assert.Equal(90, counts.Values.Sum());
        Assert.All(counts.Values, count => Assert.Equal(30, count));
    }

    [Fact]
    public void In_no_history_of_nodes_a_promise_is_broken_and_in_peace_the_copies_are_as_they_should_be()
    {
        for (var seed = 1; seed <= Histories; seed++) Assert.Equal((seed, null), (seed, new PlacementModel(seed, PlacementRules.Literal).Run()));
    }

    [Theory]
    [InlineData("two-on-one-node")]
    [InlineData("retire-before-replaced")]
    public void A_planner_without_one_of_its_rules_is_found(string mutant)
        => Assert.Contains(Enumerable.Range(1, Histories), seed => new PlacementModel(seed, AllMutants.Find(mutant).Placement).Run() is not null);

    private static PlacementState State(string nodes, string ordered)
    {
        var held = nodes.Split(' ').Where(node => char.IsUpper(node[0])).ToList();
        var copies = NodeSet.Of([.. held.Select(node => Copy(node[0]))]);
        return new()
        {
            Record = new() { Uuid = new Guid(1, 0, 0, new byte[8]), Epoch = new Epoch(4), Version = 9, Primary = copies[0], Replicas = copies, Isr = copies, MinIsr = 2 },
            Places = [.. held.Select(node => new PlacedCopy(Copy(node[0]), node[..1].ToLowerInvariant()))],
            Wanted = 3,
            MinWanted = 2,
            Ordered = [.. ordered.Select(node => node.ToString())],
        };
    }

    private static List<PlacementNode> NodesOf(string nodes) => [.. nodes.Split(' ').Select(node => new PlacementNode(
        node[..1].ToLowerInvariant(),
        node.Contains(':', StringComparison.Ordinal) ? node[(node.IndexOf(':', StringComparison.Ordinal) + 1)..] : "",
        node[^1] switch { '-' => NodeStanding.Away, '!' => NodeStanding.Gone, '~' => NodeStanding.Draining, _ => NodeStanding.Up },
        char.IsUpper(node[0]) ? 1 : 0))];

    private static CopyId Copy(char letter) => new(new Guid(letter, 0, 0, new byte[8]));
}
