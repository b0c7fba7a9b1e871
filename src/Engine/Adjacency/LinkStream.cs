// The results of a walk over links as a stream: those of each depth by id, then collection. A result is gone to as far as it is asked: its
// id is in memory, a selection is told by columns where they can (CodeProjection), and a row is gone to when nothing else is left.

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
    private readonly DistinctRows? _distinct = query.Distinct ? new(query.Select!) : null;
    private readonly byte[] _orderKey = new byte[8];
    private readonly int[] _at = new int[collections.Count];
    private readonly ReadOnlyMemory<int>[] _results = new ReadOnlyMemory<int>[collections.Count];
    private readonly bool[] _isExpected = new bool[collections.Count];
    private SelectedCodes?[]? _codes;
    private int _collection, _document;
    private long _given, _looked;
    private Reached _reached;
    private bool _hasLevel, _disposed;

    /// <summary>How far the current result was gone to.</summary>
    private enum Reached
    {
        Id,
        Codes,
        Row,
        SelectedRow,
    }

    public override ReadOnlySpan<byte> IdKey => collections[_collection].Rows.IdKeyOf(_document);

    public override DocumentVersion Version => OnRow().Version;

    public override Shape Shape
    {
        get
        {
            if (_select is null) return OnRow().Shape;
            Select();
            return _reached == Reached.Codes ? _codes![_collection]!.Shape : _select.Shape;
        }
    }

    public override ReadOnlySpan<byte> Row
    {
        get
        {
            if (_select is null) return OnRow().Row;
            Select();
            return _reached == Reached.Codes ? _codes![_collection]!.Row : _select.Row;
        }
    }

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
        while (!_hasLevel || !TryMoveToDistinct())
        {
            if (walk.IsDone) return false;
            cancellationToken.ThrowIfCancellationRequested();
            if (walk.Depth < 0) walk.Start(start());
            else walk.MoveOn(cancellationToken);
            BeginLevel();
        }

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

    private DocumentRows OnRow()
    {
        var rows = collections[_collection].Rows;
        if (_reached >= Reached.Row) return rows;
        if (!_isExpected[_collection])
        {
            rows.Expect(_results[_collection].Span[(_at[_collection] - 1)..]);
            _isExpected[_collection] = true;
        }

        rows.MoveTo(_document);
        _reached = Reached.Row;
        return rows;
    }

    private void Select()
    {
        if (_reached is Reached.Codes or Reached.SelectedRow) return;
        if (_reached == Reached.Id && CodesOf(_collection) is { } codes && codes.TryMoveTo(_document))
        {
            _reached = Reached.Codes;
            return;
        }

        var rows = OnRow();
        _select!.Apply(rows.Shape, rows.Row);
        _reached = Reached.SelectedRow;
    }

    private SelectedCodes? CodesOf(int collection)
    {
        if (!CodeProjection.CanTell(_select!)) return null;
        _codes ??= new SelectedCodes?[collections.Count];
        return _codes[collection] ??= collections[collection].Select(_select!);
    }

    private void BeginLevel()
    {
        for (var i = 0; i < collections.Count; i++)
        {
            (_results[i], _at[i], _isExpected[i]) = (collections[i].NumbersById(collections[i].Results), 0, false);
            if (_select is not null && CodesOf(i) is { } codes) codes.Expect(_results[i].Length);
        }

        _hasLevel = true;
    }

    private bool TryMoveToDistinct()
    {
        while (TryMoveInLevel())
            if (_distinct is null || IsFirst(_distinct)) return true;
        return false;
    }

    /// <summary>Nothing equal was given: where codes tell it, without making the row.</summary>
    private bool IsFirst(DistinctRows given)
    {
        if (++_looked % ResultsPerCheck == 0) cancellationToken.ThrowIfCancellationRequested();
        return !(CodesOf(_collection) is { } codes && codes.WasMet(_document)) && given.Add(Shape, Row);
    }

    private bool TryMoveInLevel()
    {
        var next = -1;
        for (var i = 0; i < collections.Count; i++)
            if (_at[i] < _results[i].Length && (next < 0 || Compare(i, next) < 0)) next = i;
        if (next < 0) return false;
        (_collection, _document, _reached) = (next, _results[next].Span[_at[next]++], Reached.Id);
        return true;
    }

    private int Compare(int left, int right)
    {
        var byId = collections[left].Rows.IdKeyOf(_results[left].Span[_at[left]]).SequenceCompareTo(collections[right].Rows.IdKeyOf(_results[right].Span[_at[right]]));
        return byId != 0 ? byId : string.CompareOrdinal(collections[left].Name, collections[right].Name);
    }
}
