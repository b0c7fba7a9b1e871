// Includes inside one engine: the documents of a stream are taken some at a time, so that their joins are one query for all of
// them and memory stays bounded, and given out again with what was attached.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>A stream whose documents get others attached, some at a time. Its join source is in this process and never waits, so neither does this. One thread at a time.</summary>
internal sealed class IncludeStream(DocumentStream inner, IReadOnlyList<Include> includes, IReadOnlyList<FieldPath>? select, IJoinSource source, CancellationToken cancellationToken) : DocumentStream
{
    private const int BatchMax = 256;

    private ListStream _batch = new([]);

    public override ReadOnlySpan<byte> IdKey => _batch.IdKey;

    public override DocumentVersion Version => _batch.Version;

    public override Shape Shape => _batch.Shape;

    public override ReadOnlySpan<byte> Row => _batch.Row;

    /// <summary>Documents come in the order of the stream below; their keys are not kept.</summary>
    public override ReadOnlySpan<byte> OrderKey => default;

    public override QueryWork Work => inner.Work;

    public override string? StoppedBy => inner.StoppedBy;

    public override bool MoveNext() => _batch.MoveNext() || (Fill() && _batch.MoveNext());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        var batch = new IncludeBatch(includes, select);
        while (batch.Count < BatchMax && inner.MoveNext()) batch.Add(inner.IdKey, inner.Version, inner.Shape, inner.Row);
        if (batch.Count == 0) return false;
        var attached = batch.AttachAsync(source, cancellationToken).AsTask();
        Invariant.Holds(attached.IsCompleted);
        _batch = new(attached.GetAwaiter().GetResult());
        return true;
    }
}
