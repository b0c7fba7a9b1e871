// What every walk over a graph does alike: it asks a source for the documents of a join, takes them one by one while the budget
// lasts, and gives out results in order. A budget ends a request between two documents; what is held then (numbers, an open
// reader) is exactly what the next request goes on from. When that is lost, the walk is replayed: the same documents are read
// again without counting, up to where the budget had ended it.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>A traversal or a search for paths. One consumer at a time.</summary>
public abstract class GraphWalk : IAsyncDisposable
{
    private readonly IFrontierSource _source;
    private readonly TraversalBudget _budget;
    private readonly NodeInput _document = new();
    private NodeReader? _reader;
    private bool _isPending;

    private protected GraphWalk(IFrontierSource source, Budget? budget, TimeProvider time, WalkScope scope, ResultWriter writer)
        => (_source, _budget, Scope, Writer) = (source, new(budget, time), scope, writer);

    private protected WalkScope Scope { get; }

    private protected ResultWriter Writer { get; }

    /// <summary>The machine for a query.</summary>
    public static GraphWalk Of(Query query, IFrontierSource source, TimeProvider time) => query switch
    {
        TraverseQuery traverse => new Traversal(traverse, source, time),
        PathQuery path => new PathSearch(path, source, time),
        _ => throw new InvalidOperationException("not a query over hops"),
    };

    /// <summary>The budget that ended the request: <c>ms</c>, <c>docs</c>, <c>bytes</c> or <c>nodes</c>. <see cref="Resume"/> goes on.</summary>
    public string? StoppedBy => _budget.StoppedBy;

    /// <summary>How many steps the current result is away from the start.</summary>
    public int Depth => Writer.Depth;

    /// <summary>Results given so far.</summary>
    public long Given { get; private set; }

    /// <summary>Documents that the source gave.</summary>
    public long DocumentsExamined => _budget.Examined;

    /// <summary>Joins that were asked of the source, one for each hop and depth.</summary>
    public int Joins { get; private set; }

    /// <summary>Places in memory that the graph has asked for.</summary>
    public abstract long Held { get; }

    /// <summary>Memory that it holds.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>What <see cref="MemoryBytes"/> can grow by in one request.</summary>
    public long MemoryBytesMax => _budget.MemoryMax;

    /// <summary>The current result's id key; spans are valid until the next move.</summary>
    public ReadOnlySpan<byte> IdKey => Writer.IdKey;

    public DocumentVersion Version => Writer.Version;

    public Shape Shape => Writer.Shape;

    public ReadOnlySpan<byte> Row => Writer.Row;

    public StoredDocument Decode() => new(DocumentId.ReadKey(IdKey), Version, new RowReader(Shape, Row).Decode());

    /// <summary>Moves to the next result; false at the end, or where a budget stopped it.</summary>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken = default)
    {
        if (StoppedBy is not null || HasEnough) return new(false);
        return TryGive() ? new(true) : MoveOnAsync(cancellationToken);
    }

    private bool TryGive()
    {
        if (!TryTakeResult()) return false;
        Given++;
        return true;
    }

    private async ValueTask<bool> MoveOnAsync(CancellationToken cancellationToken)
    {
        do
            if (IsDone || !await AdvanceAsync(cancellationToken).ConfigureAwait(false)) return false;
        while (!TryGive());
        return true;
    }

    /// <summary>Goes on after a budget stopped it, with the budget anew; false when nothing stopped it.</summary>
    public bool Resume()
    {
        var isStopped = StoppedBy is not null;
        _budget.Renew(Held, MemoryBytes);
        return isStopped;
    }

    /// <summary>To where another walk of the same query at the same snapshot had given so many results and examined so many documents.</summary>
    public async ValueTask ReplayAsync(long given, long examined, CancellationToken cancellationToken)
    {
        _budget.FreeUntil(examined);
        while (Given < given && await MoveNextAsync(cancellationToken).ConfigureAwait(false)) cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Nobody reads for a while.</summary>
    public ValueTask PauseAsync() => _reader?.PauseAsync() ?? ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_reader is not null) await _reader.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>As many results as were asked for.</summary>
    private protected abstract bool HasEnough { get; }

    /// <summary>Nothing is left to be asked for.</summary>
    private protected abstract bool IsDone { get; }

    private protected abstract bool TryTakeResult();

    /// <summary>What to ask for next at this depth; null at its end.</summary>
    private protected abstract NodeReader? Open(IFrontierSource source);

    private protected abstract void Arrive(NodeInput document);

    private protected abstract void EndJoin();

    /// <summary>Everything of one depth has arrived.</summary>
    private protected abstract void EndLevel();

    private protected NodeReader Join(IFrontierSource source, FrontierJoin join)
    {
        Joins++;
        _budget.NextJoin();
        return source.Join(join);
    }

    /// <summary>To the end of the next depth; false when a budget does not reach there.</summary>
    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _reader ??= Open(_source);
            if (_reader is null) break;
            while (_isPending || _reader.TryMoveNext() || await _reader.FetchAsync().ConfigureAwait(false))
            {
                _isPending = !_budget.Take(_reader.Row.Length, this);
                if (_isPending) return false;
                if (_budget.Examined % 256 == 0) cancellationToken.ThrowIfCancellationRequested();
                _document.Load(_reader);
                Arrive(_document);
            }

            await _reader.DisposeAsync().ConfigureAwait(false);
            _reader = null;
            EndJoin();
        }

        EndLevel();
        return true;
    }
}
