using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IngoDB.Cli.Clusters;

/// <summary>What System.Diagnostics.Process cannot do: ask a process to stop, let it stand still, and start one that Ctrl-C does not reach.</summary>
internal static partial class UnixProcess
{
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private static readonly string[] s_setsid = ["/usr/bin/setsid", "/bin/setsid"];

    /// <summary>SIGTERM; on Windows, which has none, the end.</summary>
    public static void Terminate(Process process)
    {
        if (process.HasExited) return;
        if (OperatingSystem.IsWindows()) process.Kill();
        else _ = Kill(process.Id, SignalTerminate); // the only failure is that it has ended meanwhile
    }

    /// <summary>SIGSTOP (Linux).</summary>
    public static void Suspend(Process process) => _ = Kill(process.Id, SignalStop); // who has ended meanwhile stands still

    /// <summary>SIGCONT (Linux).</summary>
    public static void Continue(Process process) => _ = Kill(process.Id, SignalContinue); // nor goes on

    public static ProcessStartInfo InOwnSession(this ProcessStartInfo start)
    {
        if (Array.Find(s_setsid, path => new FileInfo(path).Exists) is not { } setsid) return start;
        start.ArgumentList.Insert(0, start.FileName);
        start.FileName = setsid;
        return start;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
