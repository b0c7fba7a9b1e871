// STUB of the contract (owner: wal and manifests).
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <summary>What a log record holds. On disk; all kinds are reserved now.</summary>
internal enum LogRecordKind : byte
{
    Batch = 1,
    EpochStart = 2,
    Config = 3,
    GcWatermark = 4,
    Checksum = 5,
    Prepare = 6,
    Decide = 7,
    Split = 8,
    BackupMark = 9,

    /// <summary>No payload: raises the clock ceiling that every record carries.</summary>
    ClockCeiling = 10,
}

/// <summary>A record as recovery hands it out; the payload is valid during the callback.</summary>
internal readonly ref struct LogRecord
{
    public required LogRecordKind Kind { get; init; }

    public required ulong Epoch { get; init; }

    public required ulong Lsn { get; init; }

    public required DocumentVersion BaseVersion { get; init; }

    public required DocumentVersion ClockCeiling { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }
}

internal delegate void LogRecordHandler(in LogRecord record);

/// <param name="SegmentBytesMin">First segment; each next is twice as large up to <paramref name="SegmentBytesMax"/>.</param>
internal sealed record LogOptions(int SegmentBytesMin = 1 << 20, int SegmentBytesMax = 64 << 20);

/// <summary>What recovery found.</summary>
/// <param name="LastLsn">0 when the log is empty.</param>
/// <param name="TornTail">Where the log was cut, if it was: a normal crash, not an error.</param>
internal sealed record LogRecovery(ulong LastLsn, ulong LastEpoch, DocumentVersion NewestVersion, DocumentVersion ClockCeiling, long RecordCount, (string File, long Offset)? TornTail);

/// <summary>The log of one partition. One appender at a time; Sync may run beside the next Append.</summary>
internal sealed class WriteAheadLog : IDisposable
{
    /// <summary>Replays every record of the segments ≥ <paramref name="oldestSegment"/> in order. The files are not changed.</summary>
    /// <exception cref="CorruptionException">Damage at or below what was known to be synced; never for a torn tail.</exception>
    public static LogRecovery Recover(IFileSystem files, string directory, ulong oldestSegment, LogRecordHandler handler) => throw new NotImplementedException();

    /// <summary>Starts a new log after recovery, in a new segment with the given id; older segments stay until <see cref="Release"/>.</summary>
    public static WriteAheadLog Start(IFileSystem files, string directory, ulong firstSegment, ulong nextLsn, ulong epoch, LogOptions options) => throw new NotImplementedException();

    public ulong CurrentSegment => throw new NotImplementedException();

    public ulong LastLsn => throw new NotImplementedException();

    /// <summary>Appends one record (pwrite, not yet durable); returns its lsn.</summary>
    public ulong Append(LogRecordKind kind, DocumentVersion baseVersion, DocumentVersion clockCeiling, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <summary>Everything appended before the call is durable when it returns.</summary>
    /// <exception cref="StorageException">The log is poisoned: every later Append and Sync throws the same.</exception>
    public void Sync() => throw new NotImplementedException();

    /// <summary>Begins a new segment (for a new memtable) with this id; the old one is synced first.</summary>
    public void Rotate(ulong newSegment) => throw new NotImplementedException();

    /// <summary>Segments below <paramref name="oldestNeeded"/> are recycled or deleted. Call only after the manifest edit that says so is durable.</summary>
    public void Release(ulong oldestNeeded) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
