// The lean memory: which documents were visited, which join values were asked for, and what to ask for next, all as numbers and
// bits. There is nothing here for an edge: ten thousand documents that hold the same value cost one join value.
//
//   document ─► visited earlier? ─► result? keep its row ─► pruned? ─► its values for each next stage, those that were never
//                                                                      asked for: the keys of the next depth's joins

namespace IngoDB.Engine.Traversing;

/// <summary>Levels for `emit: nodes`, breadth first, without fan-out caps, unique globally or not at all.</summary>
internal sealed class NodeLevels(WalkScope scope, bool isGlobal) : Levels
{
    private readonly NodeBits[] _asked = [.. scope.Hops.Select(_ => new NodeBits())];
    private readonly NodeBits _arrived = new(), _isResult = new();
    private readonly List<(int Hop, int[] Keys)> _asking = [];
    private NodeBits?[] _waiting = new NodeBits?[scope.Stages.Count], _next = new NodeBits?[scope.Stages.Count];
    private int[] _results = [];
    private int _resultCount, _given, _stage, _after;
    private long _keysHeld;

    public override long Held => Math.Max(scope.Nodes.Visited, _keysHeld);

    public override long Bytes => scope.Bytes + _asked.Sum(asked => asked.Bytes) + _waiting.Sum(waiting => waiting?.Bytes ?? 0) + _next.Sum(next => next?.Bytes ?? 0) + _arrived.Bytes + _isResult.Bytes + (_results.LongLength * sizeof(int));

    public override FrontierJoin? NextJoin()
    {
        while (_after < _waiting.Length)
        {
            var stage = _after++;
            if (_waiting[stage] is not { Count: > 0 } waiting) continue;
            var keys = Unasked(stage, waiting);
            waiting.Clear();
            if (keys.Length == 0) continue;
            _stage = stage;
            _asking.Add((scope.Stages.HopOf(stage), keys));
            return scope.JoinTo(stage, keys, keys.Length, scope.Stages.IsResult(stage));
        }

        return null;
    }

    public override void Arrive(NodeInput document)
    {
        var collection = _stage == StagePlan.Start ? 0 : scope.HopTo(_stage).Collection;
        var node = scope.Nodes.Intern(collection, document.IdKey);
        if (isGlobal && scope.Nodes.VisitedAt(node) is var visited and >= 0 && visited < Depth) return;
        if (!_arrived.Add(node)) return;
        scope.Nodes.Visit(node, Depth);
        if (scope.Stages.IsResult(_stage) && _isResult.Add(node)) scope.KeepRow(node, document);
        if (_stage != StagePlan.Start && scope.HopTo(_stage).Prune is { } prune && document.Matches(prune)) return;
        foreach (var next in scope.Stages.Next(_stage)) AddKeys(document, next);
    }

    public override void EndJoin() => _arrived.Clear();

    public override void EndLevel()
    {
        if (isGlobal)
            foreach (var (hop, keys) in _asking)
                foreach (var key in keys) _asked[hop].Add(key);
        _asking.Clear();
        if (_results.Length < _isResult.Count) _results = new int[_isResult.Count * 2];
        (_resultCount, _given) = (_isResult.Count, 0);
        _isResult.Members.CopyTo(_results);
        scope.Nodes.Sort(_results.AsSpan(0, _resultCount));
        _isResult.Clear();
        Depth++;
        (_waiting, _next) = (_next, _waiting);
        _after = 0;
        _keysHeld = 0;
        IsDone = Array.TrueForAll(_waiting, waiting => waiting is not { Count: > 0 });
    }

    public override bool TryTakeResult(ResultWriter writer)
    {
        if (_given < _resultCount)
        {
            writer.WriteNode(_results[_given++], Depth - 1);
            return true;
        }

        if (_resultCount > 0) scope.Nodes.ForgetRows();
        _resultCount = 0;
        return false;
    }

    private void AddKeys(NodeInput document, int stage)
    {
        var hop = scope.HopTo(stage);
        var waiting = _next[stage] ??= new();
        var count = hop.From.Read(document, out var value);
        for (var i = 0; i < count; i++)
        {
            var key = hop.From.KeyOf(value, i, hop.IsById);
            if (!key.IsEmpty && waiting.Add(hop.Intern(key))) _keysHeld++;
        }
    }

    /// <summary>What was asked for earlier found the same documents then, and under global uniqueness all of those are visited.</summary>
    private int[] Unasked(int stage, NodeBits waiting)
    {
        if (!isGlobal) return waiting.Members.ToArray();
        var hop = scope.HopTo(stage);
        var asked = _asked[scope.Stages.HopOf(stage)];
        var keys = new int[waiting.Count];
        var count = 0;
        foreach (var key in waiting.Members)
            if (!(asked.Contains(key) || (hop.IsById && scope.Nodes.VisitedAt(key) is var visited and >= 0 && visited < Depth))) keys[count++] = key;
        return keys[..count];
    }
}
