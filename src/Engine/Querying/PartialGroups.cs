// The groups of one engine as a stream, in the form in which a coordinator merges them with those of other partitions (the records of
// GroupFormat): the order key is the record's key, the row its state. Everything that carries and merges scans carries these.

using IngoDB.Engine.Aggregating;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Records of groups in key order; made at the first move. One thread at a time.</summary>
internal sealed class PartialGroups(AggregateRun run, IDisposable? lease) : DocumentStream
{
    private RecordCursor? _records;
    private long _returned;
    private bool _ended;

    /// <summary>There is no document; what is here only has the form of an id.</summary>
    public override ReadOnlySpan<byte> IdKey => "\u0007g"u8;

    public override DocumentVersion Version => DocumentVersion.None;

    public override Shape Shape => Shape.SelfDescribed;

    /// <summary>The state, which is no row.</summary>
    public override ReadOnlySpan<byte> Row => _records!.State;

    public override ReadOnlySpan<byte> OrderKey => _records!.Key;

    public override QueryWork Work => run.Work(_returned);

    public override string? StoppedBy => run.StoppedBy;

    /// <summary>What has been done, as data.</summary>
    public Document Explain() => Document.Of(("records", _returned), ("tablesByCodes", run.TablesByCodes), ("spilledRuns", run.Spilled));

    public override bool MoveNext()
    {
        if (_ended) return false;
        _records ??= run.Execute();
        if (!_records.MoveNext()) return End();
        _returned++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            End();
            _records?.Dispose();
            run.Dispose();
            lease?.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool End()
    {
        if (!_ended && _records is not null) run.Record(_returned);
        _ended = true;
        return false;
    }
}
