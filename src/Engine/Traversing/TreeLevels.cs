// The memory for everything that depends on who came from whom. A traversal is a tree of walks: start documents are roots, a
// walk's children are the documents that its next hop reaches. `unique` prunes the tree:
//
//   path      a walk never meets a document twice                 every walk is kept
//   none      walks that stand at the same stage of the same document at the same depth go on alike, so they are one walk
//             (the one with the least path), unless the paths themselves are asked for
//   global    the same, and documents that were visited at an earlier depth are not met again
//
// Least is by the ids along the path, then collections, then hops: the order is the same whatever source, index or number of
// partitions the documents come from. What is given out of the tree is decided in WalkResults.

namespace IngoDB.Engine.Traversing;

/// <summary>What of the tree is wanted, and how it is pruned.</summary>
/// <param name="Merges">Walks in the same place are one.</param>
/// <param name="IsGlobal">Documents of earlier depths are not met again.</param>
/// <param name="IsSimple">No document twice on a walk.</param>
/// <param name="HasFanOut">Some hop has a cap.</param>
internal readonly record struct TreeRules(bool Merges, bool IsGlobal, bool IsSimple, bool HasFanOut);

/// <summary>Levels that remember the tree. One thread at a time.</summary>
internal sealed class TreeLevels : Levels
{
    private readonly WalkScope _scope;
    private readonly TreeRules _rules;
    private readonly WalkResults _results;
    private readonly WalkList _walks;
    private readonly OnwardKeys _onward;
    private readonly JoinStep _step = new();
    private readonly NodeBits _pruned = new();
    private readonly PairTable _merged = new();
    private readonly List<int>?[] _waiting;
    private readonly NodeBits[] _asked;
    private readonly List<(int Hop, int[] Keys)> _asking = [];
    private int _levelFirst, _stage, _after;

    public TreeLevels(WalkScope scope, TreeRules rules, WalkList walks, WalkResults results)
    {
        (_scope, _rules, _walks, _results, _onward) = (scope, rules, walks, results, new(scope));
        _waiting = new List<int>?[scope.Stages.Count];
        _asked = [.. scope.Hops.Select(_ => new NodeBits())];
    }

    public override long Held => _walks.Count + _step.MeetingCount;

    public override long Bytes => _scope.Bytes + _walks.Bytes + _onward.Bytes + _step.Bytes + _pruned.Bytes + _merged.Bytes + _results.Bytes + _asked.Sum(asked => asked.Bytes);

    public override FrontierJoin? NextJoin()
    {
        while (_after < _waiting.Length)
        {
            var stage = _after++;
            if (_waiting[stage] is not { Count: > 0 } walks) continue;
            _step.Begin(_scope.HopTo(stage), _walks.Count);
            foreach (var walk in walks) Wait(walk, stage);
            walks.Clear();
            if (_step.Keys.Length == 0) continue;
            _stage = stage;
            var keys = _step.Keys.ToArray();
            _asking.Add((_scope.Stages.HopOf(stage), keys));
            return _scope.JoinTo(stage, keys, keys.Length, _results.KeepsRows(stage));
        }

        return null;
    }

    public override void Arrive(NodeInput document)
    {
        if (_stage == StagePlan.Start)
        {
            var start = _scope.Nodes.Intern(0, document.IdKey);
            Keep(document, start);
            _walks.Add(start, before: -1, StagePlan.Start, Depth, isPruned: false);
            return;
        }

        var hop = _scope.HopTo(_stage);
        var node = _scope.Nodes.Intern(hop.Collection, document.IdKey);
        if (_rules is { IsGlobal: true, HasFanOut: false } && _scope.Nodes.VisitedAt(node) >= 0) return;
        if (!_step.Arrive(document, node)) return;
        if (hop.Prune is { } prune && document.Matches(prune)) _pruned.Add(node);
        Keep(document, node);
    }

    public override void EndJoin()
    {
        if (_stage == StagePlan.Start) return;
        if (_scope.HopTo(_stage).Hop.Fanout is { } fanout) _step.CutFanOut(fanout, _scope.Nodes);
        foreach (var meeting in _step.Meetings) Meet(meeting);
        _step.End();
        _pruned.Clear();
    }

    public override void EndLevel()
    {
        var first = _levelFirst;
        for (var walk = first; walk < _walks.Count; walk++) _scope.Nodes.Visit(_walks[walk].Node, Depth);
        foreach (var (hop, keys) in _asking)
            foreach (var key in keys) _asked[hop].Add(key);
        _asking.Clear();
        _merged.Clear();
        var ranked = _walks.Rank(first);
        var goesOn = false;
        for (var walk = first; walk < _walks.Count; walk++) goesOn |= GoOn(walk);
        _results.EndLevel(ranked);
        if (!goesOn) _results.End();
        IsDone = !goesOn;
        _levelFirst = _walks.Count;
        Depth++;
        _after = 0;
    }

    public override bool TryTakeResult(ResultWriter writer) => _results.TryTake(writer);

    /// <summary>The values of a walk's document that are worth asking for.</summary>
    private void Wait(int walk, int stage)
    {
        var hop = _scope.Stages.HopOf(stage);
        var strikes = _rules is { IsGlobal: true, HasFanOut: false };
        foreach (var key in _onward.Of(_walks[walk].Node, hop))
            if (!strikes || !(_asked[hop].Contains(key) || (_scope.Hops[hop].IsById && _scope.Nodes.VisitedAt(key) >= 0))) _step.Wait(key, walk);
    }

    private void Meet(Meeting meeting)
    {
        var (before, node) = meeting;
        if (_rules.IsGlobal && _scope.Nodes.VisitedAt(node) >= 0) return;
        if (_rules.IsSimple && _walks.Holds(before, node)) return;
        _walks[before].WentOn = true;
        if (!_rules.Merges)
        {
            _results.Step(before, Add());
            return;
        }

        ref var merged = ref _merged[_stage, node];
        if (merged == 0) merged = Add() + 1;
        else if (_walks[before].Rank < _walks[_walks[merged - 1].Before].Rank) _walks[merged - 1].Before = before;
        _results.Step(before, merged - 1);

        int Add() => _walks.Add(node, before, _stage, Depth, _pruned.Contains(node));
    }

    /// <summary>Lets a walk wait for its next hops; false when there is none.</summary>
    private bool GoOn(int walk)
    {
        ref readonly var at = ref _walks[walk];
        if (at.IsPruned) return false;
        var goesOn = false;
        foreach (var next in _scope.Stages.Next(at.Stage))
        {
            if (_onward.Of(at.Node, _scope.Stages.HopOf(next)).IsEmpty) continue;
            (_waiting[next] ??= []).Add(walk);
            goesOn = true;
        }

        return goesOn;
    }

    private void Keep(NodeInput document, int node)
    {
        if (_results.KeepsRows(_stage)) _scope.KeepRow(node, document);
        if (_pruned.Contains(node)) return;
        foreach (var next in _scope.Stages.Next(_stage)) _onward.Read(document, node, _scope.Stages.HopOf(next));
    }
}
