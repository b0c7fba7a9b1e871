// The disk's own limit for durable puts of one caller: write 4 KiB into a file that is there already, then fdatasync.
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IngoDB.ProductBench;

/// <summary>Measures the bare disk.</summary>
internal static partial class DiskProbe
{
    private const int BlockBytes = 4096, FileBytes = 16 << 20;

    public static double SyncsPerSecond(string folder, TimeSpan box)
    {
        var path = Path.Combine(folder, "fdatasync.probe");
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, new byte[FileBytes], 0);
            Sync(file);
            var (began, done, block) = (Stopwatch.GetTimestamp(), 0L, new byte[BlockBytes]);
            for (; Stopwatch.GetElapsedTime(began) < box; done++)
            {
                RandomAccess.Write(file, block, done * BlockBytes % FileBytes);
                Sync(file);
            }

            var perSecond = done / Stopwatch.GetElapsedTime(began).TotalSeconds;
            File.Delete(path);
            return perSecond;
        }
    }

    private static void Sync(SafeFileHandle file)
    {
        if (FDataSync(file) != 0) throw new IOException($"fdatasync failed with {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);
}
