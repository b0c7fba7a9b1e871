// The k least paths in the part of a graph that was seen, by Yen's way: every further path leaves one of those found at some
// place, so for each place of the last one found the best way that leaves there, avoiding the steps that others have taken from
// the same beginning, is a candidate; the least candidate is the next path.
//
//   found       AUS ─ LAX ─ AKL ─ WLG          leaves at AUS: not to LAX      leaves at LAX: not to AKL, not by AUS ...
//
// One search is best first by (cost, steps, ids along the path), with what the rest must cost at least added (GoalDistances), so
// ties are decided by ids and never by chance. A place is left once for each smaller number of steps: with a limit on depth, a
// dearer way with fewer steps may be the one that arrives. Sums with doubles depend on the order of adding, so there nothing is added.
//
// No path is twice at the same place.

namespace IngoDB.Engine.Traversing;

/// <summary>A path through places.</summary>
internal sealed record FoundPath(int[] Places, int[] Hops, PathCost Cost)
{
    public int Steps => Hops.Length;
}

/// <summary>Finds paths in a graph that does not change meanwhile. One use, one thread.</summary>
internal sealed class PathFinder(PathGraph graph, NodeTable nodes, IReadOnlyList<int> starts, int depthMax)
{
    private readonly GoalDistances _distances = new(graph);
    private readonly int[] _leftAt = NewLeft(graph.Count);
    private readonly List<int> _left = [];

    /// <summary>A way from the start to a place: its last step, and the way before it.</summary>
    private sealed record Way(int Place, Way? Before, int Hop, int Steps, PathCost Cost);

    private sealed record Priority(PathCost Cost, int Steps, Way Way);

    public List<FoundPath> Find(int k)
    {
        var found = new List<FoundPath>();
        var candidates = new List<(FoundPath Path, int LeavesAt)>();
        if (Search(before: null, new HashSet<int>(), []) is { } first) candidates.Add((first, 0));
        while (found.Count < k && candidates.Count > 0)
        {
            candidates.Sort((left, right) => Compare(left.Path, right.Path));
            var (path, leavesAt) = candidates[0];
            candidates.RemoveAt(0);
            found.Add(path);
            if (found.Count == k) break;
            for (var at = leavesAt; at <= path.Places.Length; at++)
                if (Leaving(path, at, found) is { } other && !candidates.Exists(candidate => candidate.Path.Places.AsSpan().SequenceEqual(other.Places))) candidates.Add((other, at));
        }

        return found;
    }

    public int Compare(FoundPath left, FoundPath right)
    {
        var order = left.Cost.CompareTo(right.Cost);
        if (order == 0) order = left.Steps.CompareTo(right.Steps);
        for (var i = 0; order == 0 && i < left.Places.Length; i++) order = CompareSteps(left.Places[i], HopInto(left, i), right.Places[i], HopInto(right, i));
        return order;
    }

    private static int HopInto(FoundPath path, int at) => at == 0 ? -1 : path.Hops[at - 1];

    private int CompareSteps(int leftPlace, int leftHop, int rightPlace, int rightHop)
    {
        var order = nodes.Compare(graph[leftPlace].Node, graph[rightPlace].Node);
        return order != 0 ? order : leftHop.CompareTo(rightHop);
    }

    /// <summary>The best path that has the first <paramref name="at"/> places of this one, then leaves all that were found, and does not end there.</summary>
    private FoundPath? Leaving(FoundPath path, int at, List<FoundPath> found)
    {
        var avoided = new HashSet<int>();
        foreach (var other in found)
            if (other.Places.Length > at && other.Places.AsSpan(0, at).SequenceEqual(path.Places.AsSpan(0, at))) avoided.Add(other.Places[at]);

        Way? before = null;
        var cost = default(PathCost);
        for (var i = 0; i < at; i++)
        {
            if (i > 0) cost += graph[path.Places[i]].Weight;
            before = new(path.Places[i], before, HopInto(path, i), i, cost);
        }

        return Search(before, avoided, path.Places.AsSpan(0, at).ToArray());
    }

    /// <param name="before">Where it begins; null at the starts.</param>
    /// <param name="avoided">Places that must not be the first.</param>
    /// <param name="closed">Places that must not be met again.</param>
    private FoundPath? Search(Way? before, HashSet<int> avoided, int[] closed)
    {
        foreach (var place in _left) _leftAt[place] = GoalDistances.Unreachable;
        _left.Clear();
        foreach (var place in closed) Leave(place, steps: -1);
        var waiting = new PriorityQueue<Way, Priority>(Comparer<Priority>.Create(Compare));
        if (before is null)
        {
            foreach (var start in starts)
                if (!avoided.Contains(start)) Add(waiting, new(start, null, -1, 0, default));
        }
        else
        {
            AddSteps(waiting, before, avoided);
        }

        while (waiting.TryDequeue(out var way, out _))
        {
            if (graph[way.Place].IsGoal) return PathOf(way);
            if (_leftAt[way.Place] <= way.Steps) continue;
            Leave(way.Place, way.Steps);
            AddSteps(waiting, way, avoided: null);
        }

        return null;
    }

    private void Leave(int place, int steps)
    {
        if (_leftAt[place] == GoalDistances.Unreachable) _left.Add(place);
        _leftAt[place] = steps;
    }

    private void AddSteps(PriorityQueue<Way, Priority> waiting, Way way, HashSet<int>? avoided)
    {
        for (var step = graph[way.Place].FirstStep; step >= 0; step = graph.StepAt(step).Next)
        {
            var (_, to, hop, _) = graph.StepAt(step);
            if (avoided?.Contains(to) == true || _leftAt[to] <= way.Steps + 1) continue;
            Add(waiting, new(to, way, hop, way.Steps + 1, way.Cost + graph[to].Weight));
        }
    }

    private void Add(PriorityQueue<Way, Priority> waiting, Way way)
    {
        var stepsLeft = _distances.StepsFrom(way.Place);
        if (stepsLeft == GoalDistances.Unreachable || way.Steps + stepsLeft > depthMax) return;
        var (cost, steps) = graph.IsInexact ? default : _distances.CostFrom(way.Place);
        waiting.Enqueue(way, new(way.Cost + cost, way.Steps + steps, way));
    }

    private int Compare(Priority? left, Priority? right)
    {
        var order = left!.Cost.CompareTo(right!.Cost);
        if (order == 0) order = left.Steps.CompareTo(right.Steps);
        return order != 0 ? order : CompareWays(left.Way, right.Way);
    }

    /// <summary>By the ids along them; a way before those that go on from it.</summary>
    private int CompareWays(Way left, Way right)
    {
        var (l, r) = (left, right);
        while (l.Steps > right.Steps) l = l.Before!;
        while (r.Steps > left.Steps) r = r.Before!;
        var order = CompareEqualWays(l, r);
        return order != 0 ? order : left.Steps.CompareTo(right.Steps);
    }

    private int CompareEqualWays(Way left, Way right)
    {
        var order = 0;
        for (Way? l = left, r = right; l is not null && !ReferenceEquals(l, r); l = l.Before, r = r!.Before)
            if (CompareSteps(l.Place, l.Hop, r!.Place, r.Hop) is not 0 and var earlier) order = earlier;
        return order;
    }

    private static FoundPath PathOf(Way way)
    {
        var (places, hops) = (new int[way.Steps + 1], new int[way.Steps]);
        for (Way? at = way; at is not null; at = at.Before)
        {
            places[at.Steps] = at.Place;
            if (at.Steps > 0) hops[at.Steps - 1] = at.Hop;
        }

        return new(places, hops, way.Cost);
    }

    private static int[] NewLeft(int count)
    {
        var left = new int[count];
        left.AsSpan().Fill(GoalDistances.Unreachable);
        return left;
    }
}
