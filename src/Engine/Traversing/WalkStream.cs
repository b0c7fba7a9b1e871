// The machine that walks is asynchronous because a coordinator's joins are messages. Inside one engine they are calls
// that never wait, so the same machine is read here as a plain stream, like any other query.

using System.Buffers.Binary;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>A traversal or search as a stream of documents. Its source is in this process and never waits, so neither does this.</summary>
/// <param name="ended">Told once how many documents were examined.</param>
internal sealed class WalkStream(GraphWalk walk, Action<long> ended, CancellationToken cancellationToken) : DocumentStream
{
    private readonly byte[] _orderKey = new byte[8];
    private bool _disposed;

    public override ReadOnlySpan<byte> IdKey => walk.IdKey;

    public override DocumentVersion Version => walk.Version;

    public override Shape Shape => walk.Shape;

    public override ReadOnlySpan<byte> Row => walk.Row;

    /// <summary>The number of the result (u64 big-endian): results come in order and belong to no other stream.</summary>
    public override ReadOnlySpan<byte> OrderKey
    {
        get
        {
            BinaryPrimitives.WriteInt64BigEndian(_orderKey, walk.Given);
            return _orderKey;
        }
    }

    public override QueryWork Work => new(walk.DocumentsExamined, walk.Given, 0, 0, 0, "traversal");

    public override string? StoppedBy => walk.StoppedBy;

    public override bool MoveNext()
    {
        var moved = walk.MoveNextAsync(cancellationToken);
        Invariant.Holds(moved.IsCompleted);
        return moved.IsCompletedSuccessfully ? moved.Result : moved.AsTask().GetAwaiter().GetResult();
    }

    public override bool Resume() => walk.Resume();

    public override void Replay(long given, long examined)
    {
        var replayed = walk.ReplayAsync(given, examined, cancellationToken).AsTask();
        Invariant.Holds(replayed.IsCompleted);
        replayed.GetAwaiter().GetResult();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            walk.DisposeAsync().AsTask().GetAwaiter().GetResult();
            ended(walk.DocumentsExamined);
        }

        base.Dispose(disposing);
    }
}
