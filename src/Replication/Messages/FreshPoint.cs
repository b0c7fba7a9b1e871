using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Replication.Messages;

/// <summary>A promise of a primary: whatever anybody had acknowledged before Since stands at or before Lsn and has a version up to Version. True for ever.</summary>
/// <param name="Since">By the steady clock of the copy that keeps this.</param>
/// <param name="Version">Of the last entry there was.</param>
/// <param name="Lsn">Of the last entry that was committed; None: nothing is promised.</param>
public readonly record struct FreshPoint(TimeSpan Since, DocumentVersion Version, Lsn Lsn)
{
    public bool IsKnown => Lsn != Lsn.None;
}
