// Walks documents as a graph, breadth first: any field is an edge to the documents that hold its value elsewhere.
// Every depth is one join per hop: the distinct values of the whole frontier go out together, the documents that hold
// one of them come back, and of these the machine keeps ids (who was here) and join values (where to go), not rows.
//
//   start ─► values at hop.field ─► source.Join(hop.to, values, hop.where) ─► not seen yet? ─► results of this depth,
//     ▲                                                                                        by _id
//     └────────────────────── their values, unless pruned ◄─────────────────────────────────────┘
//
// Results are the nodes that complete the pattern (the last hop, repeated min..max times), by depth, then _id, each
// at most once a depth. Start documents count as visited. The machine asks an IJoinSource, so the same code runs in an
// embedded engine and in a coordinator over partitions. Budgets end it with what was found and the limit's name; with
// none given, a million visited nodes is the limit, so that no query ends in an out-of-memory.
//
// What this does not do yet: emit edges, paths or leaves, or go depth first.

using System.Runtime.CompilerServices;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>One traversal. One consumer at a time.</summary>
public sealed class Traversal
{
    private const long VisitedMax = 1_000_000;

    private readonly TraverseQuery _query;
    private readonly IJoinSource _source;
    private readonly TimeProvider _time;
    private readonly TraversalVisits _visits;
    private readonly NodeFields[] _from, _to;
    private readonly CompiledFilter?[] _prunes;
    private readonly JoinedValues[] _joined;
    private readonly List<GraphNode> _results = [];
    private readonly HashSet<(string Collection, DocumentId Id)> _resultIds = [];
    private SortedDictionary<Stage, List<Walker>> _next = [];
    private long _documents, _bytes, _walkers, _began;

    private sealed record Walker(Trail? Trail, IReadOnlyList<Value> Values)
    {
        public int Taken { get; set; }
    }

    /// <exception cref="InvalidRequestException"><c>not.yet</c>: an emit or order that is not executed yet.</exception>
    public Traversal(TraverseQuery query, IJoinSource source, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Emit != EmitMode.Nodes) throw NotYet("emit", query.Emit.ToString(), "nodes");
        if (query.Order != TraverseOrder.Bfs) throw NotYet("order", query.Order.ToString(), "bfs");
        (_query, _source, _time, _visits) = (query, source, time, new(query.Unique));
        _from = [.. query.Hops.Select(hop => new NodeFields(hop.Field))];
        _to = [.. query.Hops.Select(hop => new NodeFields(hop.To.Field))];
        _prunes = [.. query.Hops.Select(hop => hop.Prune is null ? null : new CompiledFilter(hop.Prune))];
        _joined = [.. query.Hops.Select(_ => new JoinedValues())];
    }

    /// <summary>The budget that ended it early: <c>ms</c>, <c>docs</c>, <c>bytes</c> or <c>nodes</c>.</summary>
    public string? StoppedBy { get; private set; }

    /// <summary>How many steps the node given last is away from the start.</summary>
    public int Depth { get; private set; }

    /// <summary>Documents that the source gave.</summary>
    public long DocumentsExamined => _documents;

    /// <summary>The nodes, whole (a `select` is the caller's to apply), by depth, then id.</summary>
    public async IAsyncEnumerable<GraphNode> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _began = _time.GetTimestamp();
        var left = _query.Limit ?? int.MaxValue;
        await StartAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            foreach (var node in TakeResults())
            {
                if (left-- == 0) yield break;
                yield return node;
            }

            if (_next.Count == 0 || StoppedBy is not null || left == 0) yield break;
            Depth++;
            var stages = _next;
            _next = [];
            foreach (var (stage, walkers) in stages) await StepAsync(stage, walkers, cancellationToken).ConfigureAwait(false);
            EndDepth();
        }
    }

    private void EndDepth()
    {
        _visits.EndDepth();
        foreach (var joined in _joined) joined.EndDepth();
    }

    private bool IsSimple(int hop) => _query.Unique != UniqueMode.Path && _query.Hops[hop].Fanout is null;

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await foreach (var node in _source.StartAsync(_query.From, _query.Start, cancellationToken).ConfigureAwait(false))
        {
            if (!Fits(node)) break;
            Arrive(node, _query.From, Stage.Start, trail: null);
        }

        _visits.EndDepth();
    }

    private async Task StepAsync(Stage stage, List<Walker> walkers, CancellationToken cancellationToken)
    {
        var hop = _query.Hops[stage.Hop];
        var waiting = ByValue(walkers);
        if (_query.Unique == UniqueMode.Global && IsSimple(stage.Hop)) _joined[stage.Hop].Strike(waiting);
        if (waiting.Count == 0 || StoppedBy is not null) return;

        var found = _source.JoinAsync(hop.To.Collection, hop.To.Field, waiting.Keys, hop.Where, cancellationToken);
        var arrived = new List<GraphNode>();
        await foreach (var node in found.ConfigureAwait(false))
        {
            if (!Fits(node)) break;
            if (!IsSimple(stage.Hop)) arrived.Add(node);
            else if (_visits.MayVisit(hop.To.Collection, node.Id, trail: null)) Arrive(node, hop.To.Collection, stage, trail: null);
        }

        // Who may take how many, and on which trail, is decided in order of id, so that it does not depend on the source.
        arrived.Sort(ById);
        foreach (var node in arrived) Distribute(node, hop, stage, waiting);
    }

    private void Distribute(GraphNode node, Hop hop, Stage stage, Dictionary<Value, List<Walker>> waiting)
    {
        var reached = new HashSet<Walker>(ReferenceEqualityComparer.Instance);
        foreach (var value in _to[stage.Hop].ValuesOf(node))
        {
            if (!waiting.TryGetValue(value, out var walkers)) continue;
            foreach (var walker in walkers)
            {
                if (walker.Taken >= (hop.Fanout ?? int.MaxValue) || !_visits.MayVisit(hop.To.Collection, node.Id, walker.Trail) || !reached.Add(walker)) continue;
                walker.Taken++;
                Arrive(node, hop.To.Collection, stage, walker.Trail);
                if (_query.Unique != UniqueMode.Path) return;
            }
        }
    }

    private void Arrive(GraphNode node, string collection, Stage stage, Trail? trail)
    {
        var id = node.Id;
        _visits.Visit(collection, id);
        if (TraversalStages.IsResult(stage, _query.Hops) && _resultIds.Add((collection, id))) _results.Add(node);
        if (stage.Hop >= 0 && _prunes[stage.Hop] is { } prune && Matches(prune, node)) return;

        var onward = _query.Unique == UniqueMode.Path ? new Trail(collection, id, trail) : null;
        foreach (var next in TraversalStages.After(stage, _query.Hops))
        {
            var values = _from[next.Hop].ValuesOf(node);
            if (values.Count == 0) continue;
            if (!_next.TryGetValue(next, out var walkers)) _next[next] = walkers = [];
            walkers.Add(new(onward, values));
            _walkers++;
        }
    }

    private List<GraphNode> TakeResults()
    {
        var results = new List<GraphNode>(_results);
        results.Sort(ById);
        _results.Clear();
        _resultIds.Clear();
        return results;
    }

    private static Dictionary<Value, List<Walker>> ByValue(List<Walker> walkers)
    {
        var waiting = new Dictionary<Value, List<Walker>>();
        foreach (var walker in walkers)
        {
            foreach (var value in walker.Values)
            {
                if (!waiting.TryGetValue(value, out var others)) waiting[value] = others = [];
                others.Add(walker);
            }
        }

        return waiting;
    }

    private bool Fits(GraphNode node)
    {
        _documents++;
        _bytes += node.Row.Length;
        var budget = _query.Budget;
        StoppedBy ??= _documents > budget?.Documents ? "docs"
            : _bytes > budget?.Bytes ? "bytes"
            : Math.Max(_visits.Count, _walkers) >= (budget?.Nodes ?? VisitedMax) ? "nodes"
            : budget?.Milliseconds is { } milliseconds && _time.GetElapsedTime(_began).TotalMilliseconds > milliseconds ? "ms"
            : null;
        return StoppedBy is null;
    }

    private static bool Matches(CompiledFilter filter, GraphNode node)
    {
        Span<byte> key = stackalloc byte[EntryKey.BytesMax];
        node.IdKey.Span.CopyTo(key[EntryKey.CollectionBytes..]);
        return filter.Matches(key[..(EntryKey.CollectionBytes + node.IdKey.Length)], node.Version, node.Shape, node.Row.Span);
    }

    private static int ById(GraphNode left, GraphNode right) => left.IdKey.Span.SequenceCompareTo(right.IdKey.Span);

    private static InvalidRequestException NotYet(string what, string asked, string known)
        => new("not.yet", $"A traversal with {what} {asked} is not executed by this version.", $"/{what}", suggestion: known);
}
