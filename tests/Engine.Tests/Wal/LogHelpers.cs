using System.Globalization;
using System.Text;
using IngoDB.Engine.Files;
using IngoDB.Engine.Wal;
using IngoDB.Model;

namespace IngoDB.Tests.Wal;

/// <summary>A record as the tests remember it.</summary>
internal sealed record Remembered(ulong Lsn, LogRecordKind Kind, ulong Epoch, ulong BaseVersion, ulong Ceiling, string Payload)
{
    public static Remembered From(in LogRecord record) =>
        new(record.Lsn, record.Kind, record.Epoch, record.BaseVersion.Raw, record.ClockCeiling.Raw, Encoding.Latin1.GetString(record.Payload));
}

internal static class LogHelpers
{
    public static ulong Append(this WriteAheadLog log, string payload) =>
        log.Append(LogRecordKind.Batch, new DocumentVersion(log.LastLsn + 1 + 100), new DocumentVersion(1000), Encoding.Latin1.GetBytes(payload));

    /// <summary>Goes on where recovery finds the end; in an empty folder with the given lsn.</summary>
    public static WriteAheadLog Start(IFileSystem files, string directory, ulong firstSegment, ulong nextLsn, ulong epoch, LogOptions options, ulong oldest = 0)
        => WriteAheadLog.Start(files, directory, firstSegment, Recover(files, directory, oldest).Recovery with { LastLsn = nextLsn - 1 }, DocumentVersion.None, epoch, options);

    public static (List<Remembered> Records, LogRecovery Recovery) Recover(IFileSystem files, string directory, ulong oldest = 0)
    {
        var records = new List<Remembered>();
        var recovery = WriteAheadLog.Recover(files, directory, oldest, (in LogRecord record) => records.Add(Remembered.From(in record)));
        return (records, recovery);
    }

    public static string[] Payloads(IFileSystem files, string directory, ulong oldest = 0) => [.. Recover(files, directory, oldest).Records.Select(r => r.Payload)];

    public static string Numbered(int number) => number.ToString(CultureInfo.InvariantCulture);
}
