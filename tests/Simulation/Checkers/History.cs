using IngoDB.Model;
using IngoDB.Replication.Logs;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal enum AppendFate
{
    /// <summary>May have happened, once.</summary>
    Unknown,
    Done,

    /// <summary>Never happened.</summary>
    Refused,
    Conflict,
}

/// <summary>One append, from its first attempt to its last answer.</summary>
internal sealed class HistoryAppend(int value, int key, int otherKey, TimeSpan began)
{
    public int Value => value;

    public int Key => key;

    public int OtherKey => otherKey;

    public TimeSpan Began => began;

    public TimeSpan Ended { get; private set; } = TimeSpan.MaxValue;

    public AppendFate Fate { get; private set; }

    /// <summary>How long the list was that it collided with.</summary>
    public int ConflictLength { get; private set; }

    /// <summary>One of its attempts was not answered.</summary>
    public bool IsInDoubt { get; set; }

    public void EndAsDone(TimeSpan at) => (Ended, Fate) = (at, AppendFate.Done);

    public void EndAsConflict(TimeSpan at, int length)
    {
        ConflictLength = length;
        if (!IsInDoubt) (Ended, Fate) = (at, AppendFate.Conflict);
    }

    public void EndAsRefused() => Fate = AppendFate.Refused;
}

/// <summary>A strict or lease read of one key.</summary>
internal sealed record HistoryRead(int Key, TimeSpan Began, TimeSpan Ended, Item? Head);

/// <summary>A read at a version. Reserved: when the reservation began, if there was one.</summary>
internal sealed record SnapshotRead(int Key, DocumentVersion At, Item? Head, TimeSpan? Reserved);

/// <summary>A read at most so old.</summary>
/// <param name="Version">Said to be one at which a read is at most so old, too.</param>
internal sealed record BoundedRead(int Key, TimeSpan Began, TimeSpan Bound, DocumentVersion Version, Item? Head);

/// <summary>A read of a session that had seen everything up to the token.</summary>
internal sealed record SessionRead(int Key, Lsn Token, Item? Head);
