// Whoever asked a query may stop reading at any row, and learning must know what the rows that were read have cost.
// So the last link of every chain of streams stands here: it applies limit and projection, and reports once, whether
// the end was reached or the stream was let go.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>What the caller of a query holds: rows up to the limit, projected; its end is told to the statistics once.</summary>
internal sealed class ExecutedStream(RowStream rows, QueryRun run, int? limit, Projection? projection, Action<long> ended, IDisposable? lease) : DocumentStream
{
    private long _returned;
    private bool _ended;

    public override ReadOnlySpan<byte> IdKey => rows.IdKey;

    public override DocumentVersion Version => rows.Version;

    public override Shape Shape => projection?.Shape ?? rows.Shape;

    public override ReadOnlySpan<byte> Row => projection is null ? rows.Row : projection.Row;

    public override ReadOnlySpan<byte> OrderKey => rows.OrderKey;

    public override QueryWork Work => run.Work(_returned);

    public override string? StoppedBy => run.Meter.StoppedBy;

    public override bool MoveNext()
    {
        if (_ended) return false;
        if (_returned >= limit || !rows.MoveNext() || !Fits()) return End();
        projection?.Apply(rows.Shape, rows.Row);
        _returned++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            rows.Dispose();
            lease?.Dispose();
        }

        base.Dispose(disposing);
    }

    // A sort has counted the bytes when it kept them.
    private bool Fits() => run.Plan.Sort == SortMethod.Full || run.Meter.Take(rows.Row.Length);

    private bool End()
    {
        if (!_ended) ended(_returned);
        _ended = true;
        return false;
    }
}
