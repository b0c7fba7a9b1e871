// What the kernel knows of this process and its files.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace IngoDB.ProductBench;

/// <summary>Reads under /proc.</summary>
internal static partial class ProcFiles
{
    /// <summary>The signal that lets a stopped process go on.</summary>
    public const int Continue = 18;

    /// <summary>Bytes handed to the kernel by writes, or dirtied through maps: whichever is more.</summary>
    public static long WrittenBytes()
    {
        var lines = File.ReadAllLines("/proc/self/io");
        return Math.Max(Number(lines, "wchar:"), Number(lines, "write_bytes:"));
    }

    public static long PeakMemoryBytes(int? process = null) => Number(File.ReadAllLines($"/proc/{process?.ToString(CultureInfo.InvariantCulture) ?? "self"}/status"), "VmHWM:") * 1024;

    /// <summary>Of the process and all below it, now: what they share is counted once.</summary>
    public static long SharedOutBytes(int process) => Tree(process).Sum(id =>
    {
        try
        {
            return Number(File.ReadAllLines($"/proc/{id}/smaps_rollup"), "Pss:") * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    });

    /// <summary>The warm-up's memory is forgotten.</summary>
    public static void ResetPeakMemory()
    {
        GC.Collect();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (IOException)
        {
            // Not allowed here: the peak then includes the warm-up, which makes it larger, never smaller.
        }
    }

    /// <summary>Of the process and all below it.</summary>
    public static TimeSpan ProcessorTime(int process)
    {
        var ticks = 0L;
        foreach (var id in Tree(process))
        {
            try
            {
                var text = File.ReadAllText($"/proc/{id}/stat");
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It ended in between.
            }
        }

        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    /// <summary>All processors of the machine, everybody's work: the first line of /proc/stat without idle and waiting.</summary>
    public static TimeSpan MachineProcessorTime()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromMilliseconds(10 * new[] { 1, 2, 3, 6, 7, 8 }.Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture)));
    }

    /// <summary>The process and its descendants.</summary>
    public static IEnumerable<int> Tree(int process)
    {
        yield return process;
        string children;
        try
        {
            children = string.Concat(Directory.EnumerateDirectories($"/proc/{process}/task").Select(task => File.ReadAllText(Path.Combine(task, "children"))));
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            foreach (var id in Tree(int.Parse(child, CultureInfo.InvariantCulture))) yield return id;
    }

    /// <summary>Stops (freezes) or continues a process and all below it.</summary>
    public static void Signal(int process, int signal)
    {
        foreach (var id in Tree(process).ToList()) _ = Kill(id, signal);
    }

    /// <summary>What the file takes on the disk; sparse files (LMDB's map) take less than their length.</summary>
    public static long AllocatedBytes(string file)
    {
        using var du = Process.Start(new ProcessStartInfo("du", ["-B1", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.TryParse(text.Split('\t')[0], CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }

    private static long Number(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line ? long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) : 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
