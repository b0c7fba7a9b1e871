// A restart begins above everything that was ever served, whatever the wall clock says then. So the log carries, ahead
// of time, a version that none will pass: raised in steps of seconds, appended with the next record, durable when that is.
//
//   needed ≤ raised (decided)  ──append──►  appended (in the log)  ──sync──►  durable (survives)

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>How far the clock may go, at three degrees of certainty. Changed under the commit lock; <see cref="Durable"/> may be read by any.</summary>
internal sealed class ClockCeiling(DocumentVersion durable)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private ulong _durable = durable.Raw;

    /// <summary>What the next record carries.</summary>
    public DocumentVersion Raised { get; private set; } = durable;

    /// <summary>What the newest record carries.</summary>
    public DocumentVersion Appended { get; private set; } = durable;

    /// <summary>No version above it was ever served or written durably.</summary>
    public DocumentVersion Durable => new(Volatile.Read(ref _durable));

    public void RaiseTo(ulong needed)
    {
        if (needed > Raised.Raw) Raised = new(needed + DocumentVersion.AtMilliseconds((long)Step.TotalMilliseconds).Raw);
    }

    public void WasAppended() => Appended = Raised;

    public void WasSynced(DocumentVersion appended) => Volatile.Write(ref _durable, Math.Max(_durable, appended.Raw));
}
