// What the protocol knows of its own log: positions, never bytes. Entries behind Base up to Last can be read; what is up to
// Base was committed, applied and trimmed, or came with a snapshot. Durable trails Last while a sync is under way.
//
// A cut begins a new generation. A sync that began before the cut reports its own generation and is not counted: what it
// made durable may be what was cut away, at the same lsns.

using IngoDB.Model;

namespace IngoDB.Replication.Logs;

/// <summary>The extent of a log. Immutable.</summary>
public sealed record LogState(Lsn Base, Lsn Last, Lsn Durable, EpochHistory History, DocumentVersion Ceiling, DocumentVersion LastVersion)
{
    public static LogState Empty { get; } = new(Lsn.None, Lsn.None, Lsn.None, EpochHistory.Empty, DocumentVersion.None, DocumentVersion.None);

    /// <summary>Grows with every cut.</summary>
    public long Generation { get; init; }

    /// <summary>The entry at <paramref name="lsn"/> is there, or was before it was trimmed, and is of that epoch.</summary>
    public bool Matches(Lsn lsn, Epoch epoch) => lsn <= Last && History.At(lsn) == epoch;

    public LogState With(LogEntry entry)
    {
        Invariant.Holds(entry.Lsn == Last.Next);
        Invariant.Holds(entry.Version > LastVersion);
        return this with { Last = entry.Lsn, History = History.Extend(entry.Epoch, entry.Lsn), Ceiling = Later(Ceiling, entry.Ceiling), LastVersion = entry.LastVersion };
    }

    /// <param name="lastVersion">Of the entry at <paramref name="lsn"/>, or a lower bound.</param>
    public LogState CutAfter(Lsn lsn, DocumentVersion lastVersion)
    {
        Invariant.Holds(lsn >= Base);
        return this with { Last = lsn, Durable = Lsn.Min(Durable, lsn), History = History.CutAfter(lsn), LastVersion = lastVersion, Generation = Generation + 1 };
    }

    private static DocumentVersion Later(DocumentVersion left, DocumentVersion right) => left > right ? left : right;
}
