// The reading half of the Liquid AST: get, scan, aggregate, traverse, path.

namespace IngoDB.Model;

/// <summary>Anything that can be asked of the database, as data.</summary>
public abstract record LiquidRequest;

public abstract record Query : LiquidRequest
{
    public required string From { get; init; }

    /// <summary>A snapshot token or an ISO time; null is the latest.</summary>
    public string? At { get; init; }
}

public sealed record GetQuery : Query
{
    public required IReadOnlyList<DocumentId> Ids { get; init; }

    /// <summary>Null is the whole document.</summary>
    public IReadOnlyList<FieldPath>? Select { get; init; }

    public IReadOnlyList<Include> Include { get; init; } = [];
}

public sealed record ScanQuery : Query
{
    public Filter? Where { get; init; }

    public IReadOnlyList<SortKey> Sort { get; init; } = [];

    public IReadOnlyList<FieldPath>? Select { get; init; }

    /// <summary>1 to 10,000; null is all, a page at a time.</summary>
    public int? Limit { get; init; }

    public int Skip { get; init; }

    /// <summary>Continues a scan where its last page ended.</summary>
    public string? Cursor { get; init; }

    public Budget? Budget { get; init; }

    public IReadOnlyList<Include> Include { get; init; } = [];
}

public sealed record AggregateQuery : Query
{
    public Filter? Where { get; init; }

    public IReadOnlyList<FieldPath> By { get; init; } = [];

    public required IReadOnlyList<KeyValuePair<string, Accumulator>> Compute { get; init; }

    public Filter? Having { get; init; }

    public IReadOnlyList<SortKey> Sort { get; init; } = [];

    public int? Limit { get; init; }

    public string? Cursor { get; init; }

    public Budget? Budget { get; init; }
}

public sealed record TraverseQuery : Query
{
    /// <summary>Null starts from every document.</summary>
    public Filter? Start { get; init; }

    public required IReadOnlyList<Hop> Hops { get; init; }

    public EmitMode Emit { get; init; }

    public UniqueMode Unique { get; init; }

    public TraverseOrder Order { get; init; }

    public IReadOnlyList<FieldPath>? Select { get; init; }

    /// <summary>Of results that are equal in all that is selected the first is given; for nodes and leaves.</summary>
    public bool Distinct { get; init; }

    public int? Limit { get; init; }

    public string? Cursor { get; init; }

    public Budget? Budget { get; init; }
}

public sealed record PathQuery : Query
{
    public required Filter Start { get; init; }

    public required Filter Goal { get; init; }

    public required IReadOnlyList<Hop> Hops { get; init; }

    public FieldPath? Weight { get; init; }

    public int K { get; init; } = 1;

    public required int Depth { get; init; }

    public string? Cursor { get; init; }

    public Budget? Budget { get; init; }
}

/// <param name="Nulls">Null: missing and null sort lowest.</param>
public sealed record SortKey(FieldPath Field, bool Descending = false, NullsOrder? Nulls = null);

public enum NullsOrder { First, Last }

public enum EmitMode { Nodes, Edges, Paths, Leaves }

public enum UniqueMode { Global, Path, None }

public enum TraverseOrder { Bfs, Dfs }

public enum AccumulatorFunction { Count, Sum, Avg, Min, Max, Distinct, First }

public sealed record Accumulator(AccumulatorFunction Function, FieldPath? Field = null);

/// <summary>One step of a traversal: from the values at <paramref name="Field"/> to the documents of a collection that hold one of them at a field.</summary>
public sealed record Hop(FieldPath Field, JoinTarget To)
{
    public Filter? Where { get; init; }

    /// <summary>Keep the node, do not go past it.</summary>
    public Filter? Prune { get; init; }

    public int Min { get; init; } = 1;

    public int Max { get; init; } = 1;

    public int? Fanout { get; init; }

    public string? Label { get; init; }
}

public sealed record JoinTarget(string Collection, FieldPath Field);

public sealed record Include(FieldPath Field, JoinTarget To, string As)
{
    public Filter? Where { get; init; }

    public IReadOnlyList<FieldPath>? Select { get; init; }

    public int? Limit { get; init; }
}

/// <summary>Stop limits; hitting one ends a query with a partial result that names it.</summary>
public sealed record Budget(int? Milliseconds = null, long? Documents = null, long? Bytes = null, long? Nodes = null);
