// What becomes of a partition's record when copies are ordered, made, moved and retired, and what an operator is refused: on the catalog's JSON, without a cluster.

using IngoDB.Grains.Catalog;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Replicas;
using IngoDB.Model;
using IngoDB.Replication.Placement;
using Microsoft.Extensions.Time.Testing;
using CatalogPartition = IngoDB.Grains.Catalog.PartitionRecord;

namespace Grains.Tests.Replicas;

public sealed class ReplicaPlacementTests
{
    private static readonly IReadOnlyList<NodeRecord> s_nodes = [.. "abcde".Select(letter => new NodeRecord { NodeId = $"id-{letter}", Name = letter.ToString(), Incarnation = 1 })];

    [Fact]
    public void A_node_makes_a_copy_only_when_one_was_ordered_from_it_or_it_has_lost_its_own()
    {
        var record = Record();
        Assert.Same(record, ReplicaPlacement.Enlist(record, "id-d", Copy(9)));

        var made = ReplicaPlacement.Enlist(ReplicaPlacement.Order(record, "id-d"), "id-d", Copy(9));
        Assert.Equal([Copy(9)], made.Copies!.Learners);
        Assert.Empty(made.Copies.Ordered);
        Assert.Equal(record.Copies!.Version + 2, made.Copies.Version);

        var again = ReplicaPlacement.Enlist(record, "id-b", Copy(9));
        Assert.Equal([Copy(0), Copy(9), Copy(2)], again.Copies!.Replicas);
        Assert.Equal(record.Copies.InSync, again.Copies.InSync);
    }

    [Fact]
    public void A_copy_that_is_lost_while_it_was_leaving_is_not_made_again()
    {
        var moving = ReplicaPlacement.Move(Record(), Copy(1), "id-d");

        Assert.Same(moving, ReplicaPlacement.Enlist(moving, "id-b", Copy(9)));
    }

    [Fact]
    public void What_copies_do_not_know_of_survives_their_own_changes_of_the_record()
    {
        var moving = ReplicaPlacement.Move(Record(), Copy(1), "id-d");

        var shrunk = ReplicaRecords.Write(moving, ReplicaRecords.Read(moving) with { Version = moving.Copies!.Version + 1, Isr = ReplicaRecords.Read(moving).Isr.Without(new(Copy(2))) });

        Assert.Equal(["id-d"], shrunk.Copies!.Ordered);
        Assert.Equal([Copy(1)], shrunk.Copies.Leaving);
        Assert.Equal((3, 2), (shrunk.Copies.Wanted, shrunk.Copies.MinWanted));
    }

    [Fact]
    public void A_forced_primary_stands_alone_and_is_counted_and_the_minimum_comes_back()
    {
        var forced = ReplicaPlacement.Force(Record(), Copy(2));
        Assert.Equal((1, 1, "id-c", 5ul), (forced.Copies!.DataLosses, forced.Copies.MinInSync, forced.Primary, forced.Epoch));
        Assert.Equal([Copy(2)], forced.Copies.InSync);

        var joined = forced with { Copies = forced.Copies with { InSync = [Copy(2), Copy(0)] } };
        var choice = CopyPlanner.Choose(ReplicaPlacement.StateOf(joined), Up("abcde"));
        Assert.Equal(2, ReplicaPlacement.Apply(joined, choice).Copies!.MinInSync);
    }

    [Theory]
    [InlineData("a", "d", "abcde", null)]
    [InlineData("d", "e", "abcde", "cluster.no_copy")]
    [InlineData("a", "b", "abcde", "cluster.has_copy")]
    [InlineData("a", "d", "abce", "cluster.node_not_up")]
    [InlineData("a", "x", "abcde", "cluster.unknown_node")]
    [InlineData("a", "d", "ad", "cluster.below_minimum")]
    public void A_move_is_refused_with_the_reason(string from, string to, string up, string? refusal)
    {
        var code = Record(() => OperatorOrders.Move(Record(), Node(from), Node(to), Up(up)));

        Assert.Equal(refusal, code);
    }

    [Fact]
    public void The_same_move_twice_is_one_and_another_one_of_the_same_copy_waits()
    {
        var once = OperatorOrders.Move(Record(), Node("a"), Node("d"), Up("abcde"));

        Assert.Same(once, OperatorOrders.Move(once, Node("a"), Node("d"), Up("abcde")));
        Assert.Equal("cluster.is_moving", Record(() => OperatorOrders.Move(once, Node("a"), Node("e"), Up("abcde"))));
    }

    [Theory]
    [InlineData("a", "abcd", true, null)]
    [InlineData("a", "abc", true, "cluster.too_few_nodes")]
    [InlineData("d", "abcd", true, null)]
    [InlineData("d", "abd", true, null)]
    [InlineData("a", "abcd", false, "cluster.single_copies")]
    public void A_drain_is_refused_with_the_reason(string node, string up, bool replicated, string? refusal)
    {
        var record = replicated ? Record() : Record() with { Copies = null };

        Assert.Equal(refusal, Record(() => { OperatorOrders.CheckDrain(Node(node), Up(up), [record]); return record; }));
    }

    [Theory]
    [InlineData("c", "c", null)]
    [InlineData("a", "ab", "cluster.in_sync_is_up")]
    [InlineData("d", "d", "cluster.no_copy")]
    [InlineData("c", "", "cluster.node_not_up")]
    public void A_primary_is_forced_only_where_there_is_a_copy_and_no_better_one_is_up(string node, string up, string? refusal)
        => Assert.Equal(refusal, Record(() => { OperatorOrders.CheckForce(Record(), Node(node), Up(up)); return Record(); }));

    [Fact]
    public void Two_nodes_of_one_name_are_told_apart_by_who_is_up_and_else_by_id()
    {
        NodeRecord[] nodes = [Node("a"), Node("a") with { NodeId = "id-a2" }];

        Assert.Equal("id-a2", OperatorOrders.NodeOf(nodes, ["id-a2"], "a", "/node").NodeId);
        Assert.Equal("cluster.ambiguous_node", Assert.Throws<InvalidRequestException>(() => OperatorOrders.NodeOf(nodes, ["id-a", "id-a2"], "a", "/node")).Code);
    }

    [Fact]
    public void A_node_is_away_until_it_was_missed_for_long_enough_and_anew_every_time()
    {
        var time = new FakeTimeProvider();
        var absences = new NodeAbsences(TimeSpan.FromMinutes(5), time);
        IReadOnlyList<NodeRecord> known = [Node("a"), Node("b") with { Draining = true }];
        Assert.Equal([NodeStanding.Up, NodeStanding.Draining], Look("id-a"));
        Assert.Equal([NodeStanding.Away, NodeStanding.Draining], Look());
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(NodeStanding.Up, Look("id-a")[0]);
        Assert.Equal(NodeStanding.Away, Look()[0]);
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(NodeStanding.Away, Look()[0]);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(NodeStanding.Gone, Look()[0]);

        List<NodeStanding> Look(params string[] live) => [.. absences.Look(known, live).Select(node => node.Standing)];
    }

    /// <summary>The code of the refusal; null: there was none.</summary>
    private static string? Record(Func<CatalogPartition> order)
    {
        try
        {
            _ = order();
            return null;
        }
        catch (InvalidRequestException e)
        {
            return e.Code;
        }
    }

    private static NodeRecord Node(string name) => OperatorOrders.NodeOf(s_nodes, [], name, "/node");

    private static List<PlacementNode> Up(string up) => [.. s_nodes.Select(node => new PlacementNode(node.NodeId, "", up.Contains(node.Name, StringComparison.Ordinal) ? NodeStanding.Up : NodeStanding.Away, 0))];

    /// <summary>Copies on a, b and c, led by a.</summary>
    private static CatalogPartition Record() => new()
    {
        Database = "default",
        Partition = 0,
        Epoch = 4,
        Primary = "id-a",
        ChangeId = "made",
        Copies = new()
        {
            Uuid = new Guid(1, 2, 3, new byte[8]),
            Version = 12,
            Primary = Copy(0),
            Places = [new(Copy(0), "id-a"), new(Copy(1), "id-b"), new(Copy(2), "id-c")],
            Replicas = [Copy(0), Copy(1), Copy(2)],
            InSync = [Copy(0), Copy(1), Copy(2)],
            MinInSync = 2,
            Wanted = 3,
            MinWanted = 2,
        },
    };

    private static Guid Copy(int number) => new(number + 1, 0, 0, new byte[8]);
}
