// The results of an aggregate inside one engine, as a stream like every other: the engine's own records go through the same merge that
// a coordinator uses for those of many.

using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Results in the order of the query. One thread at a time.</summary>
internal sealed class AggregateStream(AggregateQuery query, DocumentStream records, AggregateMerge merge) : DocumentStream
{
    private readonly ArrayBufferWriter<byte> _row = new(256);
    private readonly byte[] _idKey = new byte[DocumentId.KeyBytesMax];
    private IEnumerator<StoredDocument>? _results;
    private int _idKeyLength;
    private Shape _shape = Shape.SelfDescribed;
    private long _returned;

    public override ReadOnlySpan<byte> IdKey => _idKey.AsSpan(0, _idKeyLength);

    public override DocumentVersion Version => DocumentVersion.None;

    public override Shape Shape => _shape;

    public override ReadOnlySpan<byte> Row => _row.WrittenSpan;

    /// <summary>Results come in the order of the query; there is no key.</summary>
    public override ReadOnlySpan<byte> OrderKey => default;

    public override QueryWork Work => records.Work with { DocumentsReturned = _returned };

    public override string? StoppedBy => records.StoppedBy;

    public override bool MoveNext()
    {
        if (_returned >= (query.Limit ?? long.MaxValue)) return false;
        _results ??= Results().GetEnumerator();
        if (!_results.MoveNext()) return false;
        _returned++;
        var result = _results.Current;
        _idKeyLength = result.Id.WriteKey(_idKey);
        if (!_shape.Fits(result.Fields)) _shape = Shape.Of(result.Fields);
        _row.ResetWrittenCount();
        RowWriter.Write(result.Fields, _row);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _results?.Dispose();
            records.Dispose();
            merge.Dispose();
        }

        base.Dispose(disposing);
    }

    private IEnumerable<StoredDocument> Results()
    {
        while (records.MoveNext())
            if (merge.Add(records.OrderKey, records.Row) is { } result) yield return result;
        foreach (var result in merge.Finish()) yield return result;
    }
}
