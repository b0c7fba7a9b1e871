// The executor is put together from streams, each a few lines: none, one after the other, merged by order key, only
// those behind a cursor. They hand on spans and own nothing but their inputs.

using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Matching documents as rows, inside the executor. Spans are valid until the next move. One thread at a time.</summary>
internal abstract class RowStream : IDisposable
{
    public abstract bool MoveNext();

    public abstract ReadOnlySpan<byte> IdKey { get; }

    public abstract DocumentVersion Version { get; }

    public abstract Shape Shape { get; }

    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>The place in the order of the query; only where the stream is in that order.</summary>
    public abstract ReadOnlySpan<byte> OrderKey { get; }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>No rows.</summary>
internal sealed class NoRows : RowStream
{
    public override bool MoveNext() => false;

    public override ReadOnlySpan<byte> IdKey => default;

    public override DocumentVersion Version => default;

    public override Shape Shape => Shape.SelfDescribed;

    public override ReadOnlySpan<byte> Row => default;

    public override ReadOnlySpan<byte> OrderKey => default;
}

/// <summary>Rows of one stream after those of another.</summary>
internal sealed class ConcatenatedRows(IReadOnlyList<RowStream> streams) : RowStream
{
    private int _at;

    public override bool MoveNext()
    {
        for (; _at < streams.Count; _at++)
            if (streams[_at].MoveNext()) return true;
        return false;
    }

    public override ReadOnlySpan<byte> IdKey => streams[_at].IdKey;

    public override DocumentVersion Version => streams[_at].Version;

    public override Shape Shape => streams[_at].Shape;

    public override ReadOnlySpan<byte> Row => streams[_at].Row;

    public override ReadOnlySpan<byte> OrderKey => streams[_at].OrderKey;

    public override void Dispose()
    {
        foreach (var stream in streams) stream.Dispose();
        base.Dispose();
    }
}

/// <summary>Several streams, each in the order of the query, as one in that order. They are few: the smallest is found by looking at each.</summary>
internal sealed class MergedRows(IReadOnlyList<RowStream> streams) : RowStream
{
    private readonly List<RowStream> _live = [];
    private RowStream? _current;
    private bool _started;

    public override bool MoveNext()
    {
        if (!_started)
        {
            _started = true;
            foreach (var stream in streams)
                if (stream.MoveNext()) _live.Add(stream);
        }
        else if (_current is null || !_current.MoveNext())
        {
            if (_current is null) return false;
            _live.Remove(_current);
        }

        _current = _live.Count == 1 ? _live[0] : null;
        if (_current is not null) return true;
        foreach (var stream in _live)
            if (_current is null || stream.OrderKey.SequenceCompareTo(_current.OrderKey) < 0) _current = stream;
        return _current is not null;
    }

    public override ReadOnlySpan<byte> IdKey => _current!.IdKey;

    public override DocumentVersion Version => _current!.Version;

    public override Shape Shape => _current!.Shape;

    public override ReadOnlySpan<byte> Row => _current!.Row;

    public override ReadOnlySpan<byte> OrderKey => _current!.OrderKey;

    public override void Dispose()
    {
        foreach (var stream in streams) stream.Dispose();
        base.Dispose();
    }
}

/// <summary>The rows of a stream behind an order key: those at or before it belong to earlier pages.</summary>
internal sealed class RowsAfter(RowStream rows, ReadOnlyMemory<byte> after) : RowStream
{
    public override bool MoveNext()
    {
        while (rows.MoveNext())
            if (rows.OrderKey.SequenceCompareTo(after.Span) > 0) return true;
        return false;
    }

    public override ReadOnlySpan<byte> IdKey => rows.IdKey;

    public override DocumentVersion Version => rows.Version;

    public override Shape Shape => rows.Shape;

    public override ReadOnlySpan<byte> Row => rows.Row;

    public override ReadOnlySpan<byte> OrderKey => rows.OrderKey;

    public override void Dispose()
    {
        rows.Dispose();
        base.Dispose();
    }
}
