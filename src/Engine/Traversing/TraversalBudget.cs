// Limits of one request. What one does not fit stops the traversal before the document is taken, and names itself; a request
// that goes on begins to count anew, so that any budget, however small, comes to the end in enough requests, with the same
// answer. Memory is bounded by them and never by the graph: with no budget given, by a million places and a quarter of a gigabyte.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>Counts a traversal's work against its budget. One thread at a time.</summary>
internal sealed class TraversalBudget(Budget? budget, TimeProvider time)
{
    public const long NodesDefault = 1_000_000;

    /// <summary>Memory that a place may take before it counts for more.</summary>
    public const long BytesPerNode = 256;

    private const long DocumentsPerCheck = 64;
    private readonly long _documentsMax = budget?.Documents ?? long.MaxValue;
    private readonly long _bytesMax = budget?.Bytes ?? long.MaxValue;
    private readonly long _nodesMax = budget?.Nodes ?? NodesDefault;
    private long _documents, _bytes, _heldBefore, _memoryBefore, _checkAt, _freeUntil;
    private long _began = time.GetTimestamp();

    /// <summary>Documents that were looked at, in all requests.</summary>
    public long Examined { get; private set; }

    /// <summary>The limit that ended the request: <c>ms</c>, <c>docs</c>, <c>bytes</c> or <c>nodes</c>.</summary>
    public string? StoppedBy { get; private set; }

    /// <summary>The next request begins.</summary>
    public void Renew(long held, long memoryBytes)
    {
        (StoppedBy, _documents, _bytes, _checkAt, _heldBefore, _memoryBefore) = (null, 0, 0, 0, held, memoryBytes);
        _began = time.GetTimestamp();
    }

    /// <summary>Documents up to there were paid for by an earlier request.</summary>
    public void FreeUntil(long examined) => _freeUntil = examined;

    /// <summary>A join was asked for, which may have taken long: the clock is looked at with its first document.</summary>
    public void NextJoin() => _checkAt = _documents;

    /// <summary>One more document; false when it does not fit.</summary>
    public bool Take(int rowBytes, GraphWalk walk)
    {
        if (Examined < _freeUntil)
        {
            Examined++;
            return true;
        }

        // The first one that is paid for: what the last free one has added belongs to what was free.
        if (_freeUntil > 0)
        {
            _freeUntil = 0;
            Renew(walk.Held, walk.MemoryBytes);
        }

        if (_documents >= _documentsMax) return Stop("docs");
        if (_bytes + rowBytes > _bytesMax && _documents > 0) return Stop("bytes");
        if (walk.Held - _heldBefore >= _nodesMax) return Stop("nodes");
        if (_documents >= _checkAt)
        {
            _checkAt = _documents + DocumentsPerCheck;
            if (walk.MemoryBytes - _memoryBefore > MemoryMax) return Stop("nodes");
            if (_documents > 0 && budget?.Milliseconds is { } milliseconds && time.GetElapsedTime(_began).TotalMilliseconds > milliseconds) return Stop("ms");
        }

        _documents++;
        _bytes += rowBytes;
        Examined++;
        return true;
    }

    /// <summary>What <see cref="GraphWalk.MemoryBytes"/> may grow by in one request; small budgets have room for what everything begins with.</summary>
    public long MemoryMax => Math.Min(long.MaxValue / BytesPerNode, _nodesMax) * BytesPerNode + (4 << 20);

    private bool Stop(string limit)
    {
        StoppedBy = limit;
        return false;
    }
}
