// What of a tree of walks is given out, and in which order.
//
//   nodes    documents at which the whole pattern of hops ends                       bfs  by depth, then _id
//   leaves   those of them from which nothing was reached                                 the same, known one depth later
//   paths    the walks to them; under global uniqueness one for each document             by depth, then the ids along the path
//   edges    every step that was taken; under global uniqueness those of the tree         by depth, from, to, hop
//
//   dfs      all of them by path: a walk, then everything below it, children by id. The tree is the same, so it is known
//            when the last depth is.
//
// A document is given once a depth, an edge once a depth and hop.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>Chooses and orders results. One thread at a time.</summary>
internal sealed class WalkResults(WalkScope scope, WalkList walks, TraverseQuery query)
{
    private readonly bool _isGlobal = query.Unique == UniqueMode.Global, _isDepthFirst = query.Order == TraverseOrder.Dfs;
    private readonly List<(int Before, int Walk)> _steps = [], _results = [];
    private readonly List<int[]> _levels = [];
    private readonly NodeBits _given = new();
    private readonly HashSet<(int From, int To, int Hop)> _givenEdges = [];
    private int[] _previous = [];
    private int _taken;

    /// <summary>Memory that it holds.</summary>
    public long Bytes => ((long)(_steps.Capacity + _results.Capacity) * 8) + _given.Bytes + (_isDepthFirst ? (long)walks.Count * 4 : 0);

    /// <summary>Documents that arrive at a stage have to be there when results are given.</summary>
    public bool KeepsRows(int stage) => query.Emit is EmitMode.Nodes or EmitMode.Leaves ? scope.Stages.IsResult(stage) : query.Select is not null;

    /// <summary>A walk has taken a step, which may lead where another one stands already.</summary>
    public void Step(int before, int walk)
    {
        if (query.Emit == EmitMode.Edges && !_isGlobal) _steps.Add((before, walk));
    }

    /// <summary>The walks of one depth, by rank.</summary>
    public void EndLevel(int[] ranked)
    {
        if (query.Emit == EmitMode.Edges && _isGlobal)
            foreach (var walk in ranked)
                if (walks[walk].Before >= 0) _steps.Add((walks[walk].Before, walk));
        if (_isDepthFirst)
        {
            _levels.Add(ranked);
            return;
        }

        switch (query.Emit)
        {
            case EmitMode.Nodes: AddDocuments(ranked); break;
            case EmitMode.Paths: AddPaths(ranked); break;
            case EmitMode.Edges: AddSteps(); break;
            default:
                AddDocuments(_previous.Where(IsLeaf));
                _previous = ranked;
                break;
        }
    }

    /// <summary>There is no further depth.</summary>
    public void End()
    {
        if (_isDepthFirst) AddByPath();
        else if (query.Emit == EmitMode.Leaves) AddDocuments(_previous.Where(IsLeaf));
    }

    public bool TryTake(ResultWriter writer)
    {
        if (_taken == _results.Count)
        {
            if (_taken > 0 && query.Emit == EmitMode.Nodes) scope.Nodes.ForgetRows();
            _results.Clear();
            _taken = 0;
            return false;
        }

        var (before, walk) = _results[_taken++];
        switch (query.Emit)
        {
            case EmitMode.Edges: writer.WriteEdge(walks, before, walk); break;
            case EmitMode.Paths: writer.WritePath(walks, walk); break;
            default: writer.WriteNode(walks[walk].Node, walks[walk].Depth); break;
        }

        return true;
    }

    private bool IsResult(int walk) => scope.Stages.IsResult(walks[walk].Stage);

    private bool IsLeaf(int walk) => !walks[walk].WentOn;

    private int HopOf(int walk) => scope.Stages.HopOf(walks[walk].Stage);

    private void AddDocuments(IEnumerable<int> level)
    {
        var first = _results.Count;
        foreach (var walk in level)
            if (IsResult(walk) && _given.Add(walks[walk].Node)) _results.Add((-1, walk));
        _given.Clear();
        _results.Sort(first, _results.Count - first, Comparer<(int Before, int Walk)>.Create((left, right) => walks[left.Walk].Order.CompareTo(walks[right.Walk].Order)));
    }

    private void AddPaths(int[] ranked)
    {
        foreach (var walk in ranked)
            if (IsResult(walk) && (!_isGlobal || _given.Add(walks[walk].Node))) _results.Add((-1, walk));
        _given.Clear();
    }

    private void AddSteps()
    {
        _steps.Sort(CompareSteps);
        foreach (var (before, walk) in _steps)
            if (_results.Count == 0 || CompareSteps(_results[^1], (before, walk)) != 0) _results.Add((before, walk));
        _steps.Clear();
    }

    private int CompareSteps((int Before, int Walk) left, (int Before, int Walk) right)
    {
        var byFrom = walks[left.Before].Order.CompareTo(walks[right.Before].Order);
        if (byFrom != 0) return byFrom;
        var byTo = walks[left.Walk].Order.CompareTo(walks[right.Walk].Order);
        return byTo != 0 ? byTo : HopOf(left.Walk).CompareTo(HopOf(right.Walk));
    }

    /// <summary>The walks of each depth lie by rank, so the children of one are neighbours.</summary>
    private void AddByPath()
    {
        var children = new (int First, int Count)[walks.Count];
        for (var depth = 1; depth < _levels.Count; depth++)
        {
            for (var i = 0; i < _levels[depth].Length; i++)
            {
                ref var of = ref children[walks[_levels[depth][i]].Before];
                if (of.Count++ == 0) of.First = i;
            }
        }

        _steps.Sort((left, right) => left.Before != right.Before ? left.Before.CompareTo(right.Before) : CompareSteps(left, right));
        var waiting = new Stack<(int Before, int Walk)>(_levels[0].Reverse().Select(walk => (-1, walk)));
        while (waiting.TryPop(out var at))
        {
            Add(at.Before, at.Walk);
            if (at.Before >= 0 && walks[at.Walk].Before != at.Before) continue;
            if (query.Emit == EmitMode.Edges) PushSteps(waiting, at.Walk);
            else for (var i = children[at.Walk].Count - 1; i >= 0; i--) waiting.Push((at.Walk, _levels[walks[at.Walk].Depth + 1][children[at.Walk].First + i]));
        }

        _levels.Clear();
        _steps.Clear();
    }

    private void PushSteps(Stack<(int Before, int Walk)> waiting, int walk)
    {
        var end = _steps.Count;
        var first = FirstStepOf(walk);
        while (end > first && _steps[first].Before == walk) waiting.Push(_steps[first++]);
        Reverse(waiting, first - FirstStepOf(walk));
    }

    private static void Reverse(Stack<(int, int)> waiting, int count)
    {
        var top = new (int, int)[count];
        for (var i = 0; i < count; i++) top[i] = waiting.Pop();
        foreach (var item in top) waiting.Push(item);
    }

    private int FirstStepOf(int walk)
    {
        var (low, high) = (0, _steps.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_steps[middle].Before < walk) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Add(int before, int walk)
    {
        ref readonly var at = ref walks[walk];
        var isGiven = query.Emit switch
        {
            EmitMode.Edges => before >= 0 && _givenEdges.Add((walks[before].Node, at.Node, (at.Depth << 4) | HopOf(walk))),
            EmitMode.Paths => IsResult(walk) && (!_isGlobal || _given.Add(at.Node)),
            EmitMode.Leaves => IsResult(walk) && IsLeaf(walk) && _givenEdges.Add((0, at.Node, at.Depth)),
            _ => IsResult(walk) && _givenEdges.Add((0, at.Node, at.Depth)),
        };
        if (isGiven) _results.Add((before, walk));
    }
}
