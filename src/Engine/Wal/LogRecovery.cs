using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <param name="SegmentBytesMin">What a segment is given ahead at first; each further piece is twice as large, up to <paramref name="SegmentBytesMax"/>.</param>
internal sealed record LogOptions(int SegmentBytesMin = 1 << 20, int SegmentBytesMax = 64 << 20);

/// <summary>What recovery found.</summary>
/// <param name="LastLsn">0 when the log is empty.</param>
/// <param name="NewestVersion">The highest base version; a batch's own versions reach above it.</param>
/// <param name="TornTail">Where the log was cut, if it was: a normal crash, not an error.</param>
internal sealed record LogRecovery(ulong LastLsn, ulong LastEpoch, DocumentVersion NewestVersion, DocumentVersion ClockCeiling, long RecordCount, (string File, long Offset)? TornTail)
{
    public static LogRecovery Empty { get; } = new(0, 0, default, default, 0, null);

    /// <summary>The segment in which the log ends, 0 when there is none; the next one continues it.</summary>
    public ulong LastSegment { get; init; }

    /// <summary>Those that hold records, in order; <see cref="WriteAheadLog.Read"/> reads them.</summary>
    public IReadOnlyList<ReplayedSegment> Segments { get; init; } = [];

    /// <summary>What was read and may lie in the page cache only, oldest segment first.</summary>
    public IReadOnlyList<UnsyncedPart> Unsynced { get; init; } = [];
}

/// <summary>A segment, and where its last intact record ends.</summary>
internal readonly record struct ReplayedSegment(ulong Segment, long End);

/// <summary>Bytes of a segment that nobody is known to have synced.</summary>
internal readonly record struct UnsyncedPart(ulong Segment, long From, long To);
