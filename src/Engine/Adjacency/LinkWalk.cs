// A traversal over links: depth by depth like every other (Traversing/NodeLevels says what it means), but a frontier is a set of
// bits, and a step of all of it a pass over arrays. Rows are gone to for filters and for results, in the order in which they lie.
//
//   documents ─► keys of the next stage ─► not asked before ─► documents ─► not hidden, not visited ─► where ─► met, results
//       ▲                                                                                                         │
//       └───────────────────────────────────── those that are not pruned ◄────────────────────────────────────────┘
//
// Memory: some bits for each document of the collections and each key. It has no budgets: whoever sets one is answered by Traversal,
// which can stop between any two documents.

using IngoDB.Engine.Querying;
using IngoDB.Engine.Scanning;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>The levels of one traversal for `emit: nodes`, breadth first, unique globally or not at all. One thread at a time.</summary>
/// <param name="collections">By their number.</param>
/// <param name="collectionOf">By stage, the number of the collection its documents are of.</param>
/// <param name="stepTo">From a stage to the next.</param>
internal sealed class LinkWalk(TraverseQuery query, StagePlan stages, IReadOnlyList<LinkedCollection> collections, IReadOnlyList<int> collectionOf, Func<int, int, Step> stepTo) : IDisposable
{
    private readonly bool _isGlobal = query.Unique == UniqueMode.Global;
    private readonly CompiledFilter?[] _where = [.. query.Hops.Select(hop => hop.Where is { } where ? new CompiledFilter(where) : null)];
    private readonly CompiledFilter?[] _prune = [.. query.Hops.Select(hop => hop.Prune is { } prune ? new CompiledFilter(prune) : null)];
    private readonly List<(Step Step, ulong[] Keys)> _asked = [];
    private Dictionary<(int Stage, Step Step), ulong[]> _waiting = [], _next = [];

    /// <summary>The depth whose results stand in the collections; -1 before the start.</summary>
    public int Depth { get; private set; } = -1;

    /// <summary>Documents that were looked at.</summary>
    public long Examined { get; private set; }

    /// <summary>Nothing is left to go to.</summary>
    public bool IsDone => Depth >= 0 && _waiting.Count == 0;

    /// <summary>The first level.</summary>
    /// <param name="documents">Of the first collection; not needed any more.</param>
    public void Start(ulong[] documents)
    {
        Arrive(StagePlan.Start, documents);
        EndLevel();
    }

    /// <summary>The next level.</summary>
    public void MoveOn(CancellationToken cancellationToken)
    {
        foreach (var collection in collections) Array.Clear(collection.Results);
        for (var stage = 1; stage < stages.Count; stage++)
        {
            ulong[]? documents = null;
            foreach (var ((to, step), keys) in _waiting)
            {
                if (to != stage) continue;
                cancellationToken.ThrowIfCancellationRequested();
                if (_isGlobal) RowMask.AndNot(keys, step.AskedKeys);
                step.AddDocumentsOf(keys, documents ??= collections[collectionOf[stage]].Rent());
                _asked.Add((step, keys));
            }

            if (documents is not null) Arrive(stage, documents);
        }

        EndLevel();
    }

    public void Dispose()
    {
        foreach (var collection in collections) collection.Dispose();
    }

    private void Arrive(int stage, ulong[] documents)
    {
        var collection = collections[collectionOf[stage]];
        collection.RemoveHidden(documents);
        if (_isGlobal) RowMask.AndNot(documents, collection.Visited);
        Examined += RowMask.Count(documents);
        if (stage != StagePlan.Start && _where[stages.HopOf(stage)] is { } where) collection.GiveBack(collection.Split(documents, where));
        RowMask.Or(collection.Met, documents);
        if (stages.IsResult(stage)) RowMask.Or(collection.Results, documents);
        if (stage != StagePlan.Start && _prune[stages.HopOf(stage)] is { } prune)
        {
            var others = collection.Split(documents, prune);
            collection.GiveBack(documents);
            documents = others;
        }

        foreach (var next in stages.Next(stage)) GoOn(collection.Numbers(documents), next, stepTo(stage, next));
        collection.GiveBack(documents);
    }

    private void GoOn(ReadOnlySpan<int> documents, int stage, Step step)
    {
        if (documents.IsEmpty) return;
        if (!_next.TryGetValue((stage, step), out var keys)) _next[(stage, step)] = keys = new ulong[step.AskedKeys.Length];
        foreach (var document in documents) step.AddKeysOf(document, keys);
    }

    private void EndLevel()
    {
        foreach (var (step, keys) in _asked) RowMask.Or(step.AskedKeys, keys);
        _asked.Clear();
        foreach (var collection in collections)
        {
            RowMask.Or(collection.Visited, collection.Met);
            Array.Clear(collection.Met);
        }

        _waiting.Clear();
        (_waiting, _next) = (_next, _waiting);
        foreach (var (to, keys) in _waiting)
            if (!keys.AsSpan().ContainsAnyExcept(0UL)) _waiting.Remove(to);
        Depth++;
    }
}
