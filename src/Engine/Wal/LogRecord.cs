// A record of the log as recovery sees it, and the numbers of all kinds there will be. Kinds that copies of a
// partition will need are reserved from the first day, so that their arrival is no new format.

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

    /// <summary>No payload: only raises the clock ceiling, as every record may.</summary>
    ClockCeiling = 10,
}

/// <summary>A record as recovery hands it out; the payload is valid during the callback.</summary>
internal readonly ref struct LogRecord
{
    public required LogRecordKind Kind { get; init; }

    /// <summary>Where recovery found it.</summary>
    public ulong Segment { get; init; }

    public required ulong Epoch { get; init; }

    public required ulong Lsn { get; init; }

    public required DocumentVersion BaseVersion { get; init; }

    public required DocumentVersion ClockCeiling { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Everything up to here was durable when this record was written.</summary>
    public ulong SyncedLsn { get; init; }

    public uint Checksum { get; init; }

    public uint PreviousChecksum { get; init; }
}

internal delegate void LogRecordHandler(in LogRecord record);
