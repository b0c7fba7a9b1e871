// Which of the segment files in a folder make up the log. Each head names the segment that it continues; the newest readable head
// therefore leads back through all of them, past files that are only prepared and past what an earlier recovery cut away.
//
// A head that can not be read names nobody. If a segment behind it is read, its file is taken for a link all the same; at the end of
// the log it is one that is only prepared, or that a crash met as it began. What became of its records, LogReplay judges.

using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Wal;

/// <param name="Links">The segments of one log, in order.</param>
/// <param name="Headless">Files behind them whose head can not be read, in order.</param>
internal sealed record SegmentChain(IReadOnlyList<ulong> Links, IReadOnlyList<ulong> Headless)
{
    public static SegmentReader Open(IFileSystem files, string directory, ulong segment) => new(files.Open(Path.Combine(directory, WalFormat.FileName(segment))));

    /// <exception cref="CorruptionException">A segment is missing.</exception>
    public static SegmentChain Find(IFileSystem files, string directory, ulong oldestSegment)
    {
        var segments = WalFormat.SegmentsIn(files.ListFiles(directory));
        segments.RemoveAll(segment => segment < oldestSegment);
        List<ulong> links = [], headless = [];
        for (var at = segments.Count - 1; at >= 0;)
        {
            using var reader = Open(files, directory, segments[at]);
            var head = SegmentHeader.Read(reader, segments[at]);
            (head is null && links.Count == 0 ? headless : links).Add(segments[at]);
            if (head is null)
            {
                at--;
                continue;
            }

            var before = head.Value.Header.Previous;
            if (before < Math.Max(oldestSegment, 1)) break;
            at = segments.BinarySearch(before);
            if (at < 0) throw new CorruptionException(reader.Path, 0, $"the segment before it, {WalFormat.FileName(before)}, is missing");
        }

        links.Reverse();
        headless.Reverse();
        return new(links, headless);
    }
}
