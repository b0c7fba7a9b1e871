using IngoDB.Model;
using IngoDB.Replication.Logs;

namespace IngoDB.Replication.Messages;

/// <summary>A promise of a primary: no entry behind Lsn will have a version up to Version. Whoever has committed Lsn can serve snapshots up to Version.</summary>
public readonly record struct ClosedPoint(DocumentVersion Version, Lsn Lsn);
