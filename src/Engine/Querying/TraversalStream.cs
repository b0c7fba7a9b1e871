// The traversal machine is asynchronous because a coordinator's joins are messages. Inside one engine they are
// calls that never wait, so the same machine is read here as a plain stream, like any other query.

using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A traversal as a stream of documents. Its source is in this process and never waits, so neither does this.</summary>
internal sealed class TraversalStream(Traversal traversal, IReadOnlyList<FieldPath>? select, IDisposable? lease, CancellationToken cancellationToken) : DocumentStream
{
    private readonly IAsyncEnumerator<GraphNode> _nodes = traversal.RunAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    private readonly Projection? _projection = select is null ? null : new(select);
    private readonly byte[] _orderKey = new byte[4 + DocumentId.KeyBytesMax];
    private long _returned;
    private bool _disposed;

    public override ReadOnlySpan<byte> IdKey => _nodes.Current.IdKey.Span;

    public override DocumentVersion Version => _nodes.Current.Version;

    public override Shape Shape => _projection?.Shape ?? _nodes.Current.Shape;

    public override ReadOnlySpan<byte> Row => _projection is null ? _nodes.Current.Row.Span : _projection.Row;

    /// <summary>Depth (u32 big-endian), then the id key.</summary>
    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            BinaryPrimitives.WriteInt32BigEndian(_orderKey, traversal.Depth);
            IdKey.CopyTo(_orderKey.AsSpan(4));
            return _orderKey.AsSpan(0, 4 + IdKey.Length);
        }
    }

    public override QueryWork Work => new(traversal.DocumentsExamined, _returned, 0, 0, 0, "traversal");

    public override string? StoppedBy => traversal.StoppedBy;

    public override bool MoveNext()
    {
        var moved = _nodes.MoveNextAsync().AsTask();
        Invariant.Holds(moved.IsCompleted);
        if (!moved.GetAwaiter().GetResult()) return false;
        _projection?.Apply(_nodes.Current.Shape, _nodes.Current.Row.Span);
        _returned++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _nodes.DisposeAsync().AsTask().GetAwaiter().GetResult();
            lease?.Dispose();
        }

        base.Dispose(disposing);
    }
}
