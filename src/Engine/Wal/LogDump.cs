// The log as text, one line per record, for people and golden tests. Judges nothing: it shows what is intact and
// where each segment stops.

using System.Globalization;
using System.Text;
using IngoDB.Engine.Files;

namespace IngoDB.Engine.Wal;

internal static class LogDump
{
    public static string Of(IFileSystem files, string directory)
    {
        var text = new StringBuilder();
        foreach (var segment in WalFormat.SegmentsIn(files.ListFiles(directory)))
        {
            using var reader = new SegmentReader(files.Open(Path.Combine(directory, WalFormat.FileName(segment))));
            Append(text, new SegmentCursor(reader, segment), segment, reader.Length);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, SegmentCursor cursor, ulong segment, long length)
    {
        text.Append(CultureInfo.InvariantCulture, $"segment {segment}, {length} bytes: ");
        if (cursor.Header is { } header) text.Append(CultureInfo.InvariantCulture, $"first lsn {header.FirstLsn}, epoch {header.Epoch}, after segment {header.Previous}\n");
        else text.Append("no readable head\n");

        var offset = cursor.Offset;
        while (cursor.TryNext(out var record))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  {offset,6}  lsn {record.Lsn} {record.Kind} base {record.BaseVersion} ceiling {record.ClockCeiling} synced {record.SyncedLsn} payload {record.Payload.Length}\n");
            offset = cursor.Offset;
        }

        if (cursor.Header is not null) text.Append(CultureInfo.InvariantCulture, $"  {offset,6}  {(cursor.IsAtCleanEnd() ? "end" : "broken")}\n");
    }
}
