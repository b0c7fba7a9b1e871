using System.Globalization;
using System.Runtime.InteropServices;

namespace IngoDB.ProductBench;

/// <summary>The machine in general terms: enough to compare figures, nothing that names it.</summary>
internal static class Machine
{
    public static string Description => string.Create(CultureInfo.InvariantCulture,
        $"{CpuModel()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.FrameworkDescription}");

    /// <summary>The one-minute load average, where there is one.</summary>
    public static string Load => FirstLine("/proc/loadavg", _ => true)?.Split(' ')[0] ?? "unknown";

    private static string CpuModel() => FirstLine("/proc/cpuinfo", line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[1] ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string? FirstLine(string path, Func<string, bool> wanted) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault(wanted) : null;
}
