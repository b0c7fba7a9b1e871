// The results of a walk over links as a stream: those of each depth by id, then collection, with their rows from where they lie.

using System.Buffers.Binary;
using IngoDB.Engine.Querying;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Traversing;
using IngoDB.Model;

namespace IngoDB.Engine.Adjacency;

/// <summary>Results of one traversal. One thread at a time.</summary>
/// <param name="start">Gives the documents it starts from, as bits of the first collection.</param>
internal sealed class LinkStream(LinkWalk walk, IReadOnlyList<LinkedCollection> collections, Func<ulong[]> start, TraverseQuery query, ReadCountersBox counters, Action<long> ended, CancellationToken cancellationToken) : DocumentStream
{
    private const int ResultsPerCheck = 1024;

    private readonly Projection? _select = query.Select is { } select ? new(select) : null;
    private readonly byte[] _orderKey = new byte[8];
    private readonly int[] _at = new int[collections.Count];
    private readonly ReadOnlyMemory<int>[] _results = new ReadOnlyMemory<int>[collections.Count];
    private DocumentRows? _rows;
    private long _given;
    private bool _hasLevel, _disposed;

    public override ReadOnlySpan<byte> IdKey => _rows!.IdKey;

    public override DocumentVersion Version => _rows!.Version;

    public override Shape Shape => _select?.Shape ?? _rows!.Shape;

    public override ReadOnlySpan<byte> Row => _select is null ? _rows!.Row : _select.Row;

    /// <summary>The number of the result (u64 big-endian): results come in order and belong to no other stream.</summary>
    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            BinaryPrimitives.WriteInt64BigEndian(_orderKey, _given);
            return _orderKey;
        }
    }

    public override QueryWork Work => new(walk.Examined, _given, counters.Value.BlocksDecoded, counters.Value.BytesRead, counters.Value.FilterProbes, "links");

    public override bool MoveNext()
    {
        if (_given >= query.Limit) return false;
        while (!_hasLevel || !TryMoveInLevel())
        {
            if (walk.IsDone) return false;
            cancellationToken.ThrowIfCancellationRequested();
            if (walk.Depth < 0) walk.Start(start());
            else walk.MoveOn(cancellationToken);
            BeginLevel();
        }

        _select?.Apply(_rows!.Shape, _rows.Row);
        if (++_given % ResultsPerCheck == 0) cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            walk.Dispose();
            ended(walk.Examined);
        }

        base.Dispose(disposing);
    }

    private void BeginLevel()
    {
        for (var i = 0; i < collections.Count; i++)
        {
            (_results[i], _at[i]) = (collections[i].NumbersById(collections[i].Results), 0);
            collections[i].Rows.Expect(_results[i].Span);
        }

        _hasLevel = true;
    }

    private bool TryMoveInLevel()
    {
        var next = -1;
        for (var i = 0; i < collections.Count; i++)
            if (_at[i] < _results[i].Length && (next < 0 || Compare(i, next) < 0)) next = i;
        if (next < 0) return false;
        _rows = collections[next].Rows;
        _rows.MoveTo(_results[next].Span[_at[next]++]);
        return true;
    }

    private int Compare(int left, int right)
    {
        var byId = collections[left].Rows.IdKeyOf(_results[left].Span[_at[left]]).SequenceCompareTo(collections[right].Rows.IdKeyOf(_results[right].Span[_at[right]]));
        return byId != 0 ? byId : string.CompareOrdinal(collections[left].Name, collections[right].Name);
    }
}
