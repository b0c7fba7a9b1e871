// How documents leave the engine: one after the other, as bytes, in an order that is itself bytes. Whoever merges the
// streams of several partitions compares order keys with memcmp and knows nothing of sort fields, directions or
// types; whoever stops reading stops the work.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A scan as one partition executes it.</summary>
public sealed record ScanRequest(CollectionId Collection)
{
    public Filter? Where { get; init; }

    public IReadOnlyList<SortKey> Sort { get; init; } = [];

    public IReadOnlyList<FieldPath>? Select { get; init; }

    /// <summary>Counts skipped documents too: the partition gives the first <c>Limit</c> in order. Null is all.</summary>
    public int? Limit { get; init; }

    /// <summary>Only documents after this order key (of an earlier page at the same snapshot).</summary>
    public ReadOnlyMemory<byte> After { get; init; }

    public Budget? Budget { get; init; }
}

/// <summary>Documents in order, as bytes. The spans of the current one are valid until the next move. One thread at a time.</summary>
public abstract class DocumentStream : IDisposable
{
    private bool _isDisposed;

    public abstract bool MoveNext();

    /// <summary>The id as DocumentId writes it.</summary>
    public abstract ReadOnlySpan<byte> IdKey { get; }

    public abstract DocumentVersion Version { get; }

    /// <summary>The shape of <see cref="Row"/>, after projection.</summary>
    public abstract Shape Shape { get; }

    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>Sort keys (OrderedKey, complemented where descending), then the id key: memcmp order is the order of the scan.</summary>
    public abstract ReadOnlySpan<byte> OrderKey { get; }

    /// <summary>Physical work so far.</summary>
    public abstract QueryWork Work { get; }

    /// <summary>The budget that ended the stream early, if one did: <c>ms</c>, <c>docs</c>, <c>bytes</c>, <c>nodes</c>.</summary>
    public virtual string? StoppedBy => null;

    /// <summary>Goes on after a budget ended it, with the budget anew; false for streams that cannot, or that nothing ended.</summary>
    public virtual bool Resume() => false;

    /// <summary>To where another stream of the same query at the same snapshot had given so many documents; a walk, when it had looked at so many besides, for which no budget is asked again.</summary>
    public virtual void Replay(long given, long examined)
    {
        for (var i = 0L; i < given; i++)
            if (!MoveNext()) break;
    }

    public StoredDocument Decode() => new(DocumentId.ReadKey(IdKey), Version, new RowReader(Shape, Row).Decode());

    /// <summary>Reads all that is left.</summary>
    public List<StoredDocument> ToList()
    {
        var documents = new List<StoredDocument>();
        while (MoveNext()) documents.Add(Decode());
        return documents;
    }

    /// <summary>Once: what a stream has rented would otherwise be given back twice, and then belong to two.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>What a query did, physically.</summary>
public readonly record struct QueryWork(long DocumentsExamined, long DocumentsReturned, long BlocksDecoded, long BytesRead, long FilterProbes, string AccessPath)
{
    /// <summary>All of it in one number, in documents examined by a scan (<see cref="Statistics.QueryCosts"/>): what learning goes by.</summary>
    public double Cost { get; init; }

    /// <summary>Stretches of 4,096 rows that a column scan asked by their codes.</summary>
    public long Zones { get; init; }

    /// <summary>Those of them in which no row could match.</summary>
    public long ZonesWithoutMatch { get; init; }
}
