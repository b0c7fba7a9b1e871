// One phase: so many callers, each with one call under way, for a time. Beside the rate stands the processor time of all processes
// for one operation, which is the robust figure on a shared machine: two cores can do no more than 2 / that. How many cores others
// used meanwhile is said too: a figure with much of that is no figure.

using System.Diagnostics;
using System.Globalization;

namespace IngoDB.GrainBench;

/// <summary>What a phase measured.</summary>
internal sealed record Rate(string Phase, int Callers, double OperationsPerSecond, double CpuMicroseconds, double ForeignCores)
{
    /// <param name="operation">Given the ordinal of the caller and the ordinal of its call; says how many operations it was; 0 ends the caller.</param>
    public static async Task<Rate> OfAsync(string phase, int callers, TimeSpan duration, Process? other, Func<int, int, ValueTask<int>> operation)
    {
        using var ends = new CancellationTokenSource();
        var (cpuBefore, busyBefore) = (Cpu(other), Busy());
        var began = Stopwatch.GetTimestamp();
        ends.CancelAfter(duration);
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            long count = 0;
            for (var i = 0; !ends.IsCancellationRequested; i++)
            {
                var done = await operation(caller, i).ConfigureAwait(false);
                if (done == 0) break;
                count += done;
            }

            return count;
        })));
        var elapsed = Stopwatch.GetElapsedTime(began);
        var total = counts.Sum();
        var cpu = Cpu(other) - cpuBefore;
        return new(phase, callers, total / elapsed.TotalSeconds, cpu.TotalMicroseconds / total, Math.Max(0, (Busy() - busyBefore - cpu) / elapsed));
    }

    /// <summary>What all processors of the machine did together (Linux; zero elsewhere).</summary>
    private static TimeSpan Busy()
    {
        if (!File.Exists("/proc/stat")) return TimeSpan.Zero;
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(3).Sum(t => long.Parse(t, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    private static TimeSpan Cpu(Process? other)
    {
        other?.Refresh();
        return Environment.CpuUsage.TotalTime + (other?.TotalProcessorTime ?? TimeSpan.Zero);
    }
}
