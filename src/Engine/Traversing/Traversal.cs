// Walks documents as a graph: any field is an edge to the documents that hold its value elsewhere. Every depth is one join per
// hop: the distinct values of the whole frontier go out together, the documents that hold one of them come back, and of these
// the memory (Levels) keeps numbers.
//
//   start ─► values at hop.field ─► source.Join(hop.to, values, hop.where) ─► unique? fan-out? ─► results of this depth,
//     ▲                                                                                           in order
//     └─────────────────── their values, unless pruned ◄────────────────────────────────────────────┘
//
// It asks an IFrontierSource, so the same code runs in an embedded engine and in a coordinator over partitions.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>One traversal. One consumer at a time.</summary>
public sealed class Traversal : GraphWalk
{
    private readonly TraverseQuery _query;
    private readonly Levels _levels;
    private readonly DistinctRows? _distinct;
    private bool _isStarting, _hasStarted;

    public Traversal(TraverseQuery query, IFrontierSource source, TimeProvider time)
        : this(query, source, time, new(query.From, query.Hops, StagePlan.Once(query.Hops), query.Select))
    {
    }

    private Traversal(TraverseQuery query, IFrontierSource source, TimeProvider time, WalkScope scope)
        : base(source, query.Budget, time, scope, new(scope, query.Hops, hasDocuments: IsMade(query) && query.Select is not null))
    {
        _query = query;
        _distinct = query.Distinct ? new(query.Select!) : null;
        var hasFanOut = query.Hops.Any(hop => hop.Fanout is not null);
        if (query is { Emit: EmitMode.Nodes, Order: TraverseOrder.Bfs, Unique: not UniqueMode.Path } && !hasFanOut)
        {
            _levels = new NodeLevels(scope, query.Unique == UniqueMode.Global);
            return;
        }

        var isSimple = query.Unique == UniqueMode.Path;
        var merges = !isSimple && (query.Unique == UniqueMode.Global || query.Emit != EmitMode.Paths);
        var walks = new WalkList(scope.Nodes);
        _levels = new TreeLevels(scope, new(merges, query.Unique == UniqueMode.Global, isSimple, hasFanOut), walks, new(scope, walks, query));
    }

    public override long Held => _levels.Held;

    public override long MemoryBytes => _levels.Bytes + (_distinct?.Bytes ?? 0);

    private protected override bool HasEnough => Given >= _query.Limit;

    private protected override bool IsDone => _hasStarted && _levels.IsDone;

    private protected override bool TryTakeResult()
    {
        while (_levels.TryTakeResult(Writer))
            if (_distinct is null || _distinct.Add(Writer.Shape, Writer.Row)) return true;
        return false;
    }

    private protected override NodeReader? Open(IFrontierSource source)
    {
        if (_hasStarted) return _levels.NextJoin() is { } join ? Join(source, join) : null;
        if (_isStarting) return null;
        _isStarting = true;
        return source.Start(_query.From, _query.Start, Scope.FieldsAt(StagePlan.Start, IsMade(_query) ? _query.Select is not null : Scope.Stages.IsResult(StagePlan.Start)));
    }

    private protected override void Arrive(NodeInput document) => _levels.Arrive(document);

    private protected override void EndJoin() => _levels.EndJoin();

    private protected override void EndLevel()
    {
        _hasStarted = true;
        _levels.EndLevel();
    }

    private static bool IsMade(TraverseQuery query) => query.Emit is EmitMode.Edges or EmitMode.Paths;
}
