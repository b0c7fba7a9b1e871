namespace IngoDB.Replication.Events;

/// <summary>What a read wants to be sure of.</summary>
public enum ReadKind
{
    /// <summary>Sees everything acknowledged before it began; no clock is trusted. The default.</summary>
    Strict,

    /// <summary>The same without a round trip, as long as steady clocks run alike. Opt-in.</summary>
    Lease,

    /// <summary>Gives a version for a snapshot that contains everything acknowledged before.</summary>
    Reserve,

    /// <summary>At a version; the same for ever, whoever serves it.</summary>
    Snapshot,

    /// <summary>Sees everything that was acknowledged longer ago than a bound; no two clocks are compared.</summary>
    Bounded,

    /// <summary>Sees what the session has seen or written.</summary>
    Session,
}
