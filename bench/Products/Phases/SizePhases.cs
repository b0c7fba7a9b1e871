// Bytes on disk and in memory. A document's share of the disk is that of the settled data files with their indexes; the log,
// which every engine keeps at some length of its own choice, is told apart.
namespace IngoDB.ProductBench;

/// <summary>Phases that weigh.</summary>
internal static class SizePhases
{
    public static IEnumerable<Measure> Disk(Bench bench)
    {
        if (bench.Store.DataBytes is { } bytesElsewhere)
        {
            yield return new("disk_bytes_per_doc", (double)bytesElsewhere / bench.Documents, "B");
            yield break;
        }

        if (!Directory.Exists(bench.MainFolder)) yield break;
        var (data, log) = (0L, 0L);
        foreach (var file in Directory.EnumerateFiles(bench.MainFolder, "*", SearchOption.AllDirectories))
        {
            var bytes = ProcFiles.AllocatedBytes(file);
            if (IsLog(file)) log += bytes;
            else data += bytes;
        }

        if (data + log == 0) yield break;
        yield return new("disk_bytes_per_doc", (double)data / bench.Documents, "B");
        yield return new("log_bytes_per_doc", (double)log / bench.Documents, "B");
    }

    public static IEnumerable<Measure> PeakMemory(Bench bench)
    {
        yield return new("peak_rss_mb", (ProcFiles.PeakMemoryBytes() + bench.Store.OtherPeakBytes) / 1e6, "MB");
    }

    private static bool IsLog(string file) => Path.GetExtension(file) is ".log" or ".wal" || file.EndsWith("-wal", StringComparison.Ordinal) || file.EndsWith("-shm", StringComparison.Ordinal);
}
