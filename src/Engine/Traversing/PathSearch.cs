// Searches for the least paths from any start to any goal. It sees the graph as a traversal does, depth by depth, one join per
// hop for the whole frontier: that is few messages, and a limit on depth comes by itself. At each depth go on those places that
// were never reached as cheaply with fewer steps:
//
//   depth 0  starts ─► 1  reached for less than ever before? ─► 2 ... ─► the depth asked for, or nothing left that could be
//                                                                        part of a path as good as the k-th one known
//
// The paths themselves are found in what was seen (PathFinder). Weights below zero would make "as good as" unknowable, so they
// are refused. Unweighted is weighted with nothing: the fewest steps win.
//
// What this does not do: go backwards from the goals; a goal is any document that a filter lets through, and may be many.

using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>One search. One consumer at a time.</summary>
public sealed class PathSearch : GraphWalk
{
    private readonly PathQuery _query;
    private readonly PathGraph _graph = new();
    private readonly OnwardKeys _onward;
    private readonly JoinStep _step = new();
    private readonly CompiledFilter _goal;
    private readonly FieldAccess? _weight;
    private readonly List<int> _starts = [];
    private readonly Dictionary<int, Arrival> _arrivals = [];
    private readonly List<int>[] _waiting;
    private List<(int Place, PathCost Cost)> _frontier = [], _reached = [];
    private readonly HashSet<int> _isReached = [];
    private List<FoundPath> _paths = [];
    private int _depth, _stage, _after, _given;
    private bool _isStarting, _hasGoal, _hasNewGoal, _isDone;

    private readonly record struct Arrival(PathCost Weight, bool IsGoal, bool IsPruned);

    public PathSearch(PathQuery query, IFrontierSource source, TimeProvider time)
        : this(query, source, time, new(query.From, query.Hops, StagePlan.Round(query.Hops), select: [], FilterPaths.Of(query.Goal).Concat(query.Weight is null ? [] : [query.Weight])))
    {
    }

    private PathSearch(PathQuery query, IFrontierSource source, TimeProvider time, WalkScope scope)
        : base(source, query.Budget, time, scope, new(scope, query.Hops, hasDocuments: false))
    {
        (_query, _onward, _goal) = (query, new(scope), new(query.Goal));
        _weight = query.Weight is null ? null : new(query.Weight);
        _waiting = [.. Enumerable.Range(0, scope.Stages.Count).Select(_ => new List<int>())];
    }

    public override long Held => _graph.Count + _step.MeetingCount;

    public override long MemoryBytes => Scope.Bytes + _graph.Bytes + _onward.Bytes + _step.Bytes + ((long)(_frontier.Capacity + _reached.Capacity) * 40);

    private protected override bool HasEnough => _isDone && _given == _paths.Count;

    private protected override bool IsDone => _isDone;

    private protected override bool TryTakeResult()
    {
        if (!_isDone || _given == _paths.Count) return false;
        var path = _paths[_given++];
        Writer.WritePath(path.Steps, at => _graph[path.Places[at]].Node, at => path.Hops[at], _query.Weight is null ? default(Value?) : path.Cost.ToValue());
        return true;
    }

    private protected override NodeReader? Open(IFrontierSource source)
    {
        if (!_isStarting)
        {
            _isStarting = true;
            return source.Start(_query.From, _query.Start, Scope.FieldsAt(StagePlan.Start, keepsRow: false));
        }

        while (_depth > 0 && _after < _waiting.Length)
        {
            var stage = _after++;
            if (_waiting[stage].Count == 0) continue;
            _step.Begin(Scope.HopTo(stage), _graph.Count);
            foreach (var place in _waiting[stage])
                foreach (var key in _onward.Of(_graph[place].Node, Scope.Stages.HopOf(stage))) _step.Wait(key, place);
            _waiting[stage].Clear();
            if (_step.Keys.Length == 0) continue;
            _stage = stage;
            var keys = _step.Keys.ToArray();
            return Join(source, Scope.JoinTo(stage, keys, keys.Length, keepsRow: false));
        }

        return null;
    }

    private protected override void Arrive(NodeInput document)
    {
        var hop = _depth == 0 ? null : Scope.HopTo(_stage);
        var node = Scope.Nodes.Intern(hop?.Collection ?? 0, document.IdKey);
        if (hop is not null && !_step.Arrive(document, node)) return;
        Scope.Nodes.Visit(node, _depth);
        var weight = _weight is null ? default : PathCost.Of(document.ValueOf(_weight), document.IdKey);
        var stage = _depth == 0 ? StagePlan.Start : _stage;
        var arrival = new Arrival(weight, Scope.Stages.IsResult(stage) && document.Matches(_goal), hop?.Prune is { } prune && document.Matches(prune));
        foreach (var next in Scope.Stages.Next(stage)) _onward.Read(document, node, Scope.Stages.HopOf(next));
        if (hop is not null)
        {
            _arrivals[node] = arrival;
            return;
        }

        _starts.Add(PlaceOf(node, StagePlan.Start, arrival));
        Reach(_starts[^1], default);
    }

    private protected override void EndJoin()
    {
        if (_depth == 0) return;
        if (Scope.HopTo(_stage).Hop.Fanout is { } fanout) _step.CutFanOut(fanout, Scope.Nodes);
        foreach (var (from, node) in _step.Meetings)
        {
            var arrival = _arrivals[node];
            _graph.AddStep(from, PlaceOf(node, arrival.IsPruned ? _stage : Scope.Stages.PlaceOf(_stage), arrival), Scope.Stages.HopOf(_stage));
        }

        _arrivals.Clear();
        _step.End();
    }

    private protected override void EndLevel()
    {
        Step();
        (_frontier, _reached) = (_reached, _frontier);
        _reached.Clear();
        _isReached.Clear();
        for (var i = 0; i < _frontier.Count; i++) _frontier[i] = (_frontier[i].Place, _graph[_frontier[i].Place].Reached);
        if (_hasNewGoal || (_hasGoal && _paths.Count < _query.K)) Find(_depth);
        _hasNewGoal = false;
        _frontier.RemoveAll(at => !IsWorthIt(at.Cost));
        _isDone = _frontier.Count == 0 || _depth == _query.Depth;
        if (_isDone && _hasGoal && (_query.Weight is not null || _paths.Count < _query.K)) Find(_query.Depth);
        _depth++;
        _after = 0;
        if (_isDone) return;
        foreach (var (place, _) in _frontier) GoOn(place);
    }

    private void Find(int depthMax) => _paths = new PathFinder(_graph, Scope.Nodes, _starts, depthMax).Find(_query.K);

    /// <summary>Whether a path that is here now, and takes at least one more step, can be as good as the last one wanted.</summary>
    private bool IsWorthIt(PathCost cost)
    {
        if (_paths.Count < _query.K) return true;
        var last = _paths[^1];
        var order = cost.CompareTo(last.Cost);
        return order < 0 || (order == 0 && _depth + 1 <= last.Steps);
    }

    /// <summary>From the places of the frontier to all that one step leads to.</summary>
    private void Step()
    {
        foreach (var (place, cost) in _frontier)
        {
            for (var step = _graph[place].FirstStep; step >= 0; step = _graph.StepAt(step).Next)
            {
                var to = _graph.StepAt(step).To;
                Reach(to, cost + _graph[to].Weight);
            }
        }
    }

    private void Reach(int place, PathCost cost)
    {
        ref var at = ref _graph[place];
        _hasNewGoal |= at.IsGoal;
        _hasGoal |= at.IsGoal;
        if (at.IsReached && cost.CompareTo(at.Reached) >= 0) return;
        (at.IsReached, at.Reached) = (true, cost);
        if (_isReached.Add(place)) _reached.Add((place, cost));
    }

    private int PlaceOf(int node, int stage, Arrival arrival)
    {
        var place = _graph.Intern(node, stage, arrival.Weight, out var isNew);
        if (isNew) (_graph[place].IsGoal, _graph[place].IsPruned) = (arrival.IsGoal, arrival.IsPruned);
        return place;
    }

    /// <summary>Its steps are asked for once.</summary>
    private void GoOn(int place)
    {
        ref var at = ref _graph[place];
        if (at.IsOpen || at.IsPruned) return;
        at.IsOpen = true;
        foreach (var next in Scope.Stages.Next(at.Stage)) _waiting[next].Add(place);
    }
}
