// A PostgreSQL server of the benchmark's own, for `--postgres auto`: the newest one that is installed (Debian: apt install
// postgresql), over a fresh folder, reached by a socket in that folder, gone with the run. The server refuses to be root, so root
// runs it as the user that its package made. Settings are those that its manual gives a machine of its own, memory like the other
// engines' caches.
using System.Diagnostics;
using System.Globalization;

namespace IngoDB.ProductBench;

/// <summary>A server, until disposed.</summary>
internal sealed class PostgresServer : IDisposable
{
    public const string Auto = "auto";
    private const string User = "postgres", PackagesFolder = "/usr/lib/postgresql";
    private static readonly string[] Settings = ["shared_buffers=256MB", "max_connections=1200", "max_wal_size=4GB", "checkpoint_timeout=15min", "listen_addresses="];

    private readonly string _folder;
    private readonly string _programs;

    private bool _isOver;

    private PostgresServer(string folder, string programs)
    {
        (_folder, _programs) = (folder, programs);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose(); // a run that is broken off leaves no server behind
    }

    public string Connection => $"Host={_folder};Username={User};Database={User};Timeout=60";

    /// <summary>The server and, below it, a process for each connection.</summary>
    public int Id => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private string Data => Path.Combine(_folder, "data");

    public static PostgresServer Start()
    {
        var programs = Directory.Exists(PackagesFolder)
            ? Directory.EnumerateDirectories(PackagesFolder).OrderBy(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0).LastOrDefault()
            : null;
        if (programs is null) throw new ArgumentException($"--postgres auto needs PostgreSQL under {PackagesFolder}; install it (apt install postgresql), or give a connection string.");
        var folder = Directory.CreateTempSubdirectory("ingodb-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) Run("chown", User, folder);
        var server = new PostgresServer(folder, Path.Combine(programs, "bin"));
        try
        {
            server.AsUser("initdb", "--pgdata", server.Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale");
            server.AsUser("pg_ctl", "start", "--wait", "--silent", "--pgdata", server.Data, "--log", Path.Combine(folder, "log"), "--options", $"-k {folder} {string.Join(" ", Settings.Select(setting => $"-c {setting}"))}");
            return server;
        }
        catch
        {
            server._isOver = true;
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        ProcFiles.Signal(Id, ProcFiles.Continue);
        AsUser("pg_ctl", "stop", "--silent", "--mode", "immediate", "--pgdata", Data);
        Directory.Delete(_folder, recursive: true);
    }

    private void AsUser(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_programs, program), .. arguments];
        if (Environment.IsPrivilegedProcess) Run("runuser", ["-u", User, "--", .. command]);
        else Run(command[0], command[1..]);
    }

    private static void Run(string program, params string[] arguments)
    {
        // Its children keep the standard output that they are given, so it is given none that somebody reads to the end.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" > /dev/null < /dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }
}
