using IngoDB.TestKit.Processes;
using Npgsql;
using Orleans.Hosting;

namespace Nodes.Tests.Servers;

/// <summary>PostgreSQL from Debian, reached by a socket in its folder. It refuses to be root, so root runs it as the user that its package made.</summary>
public sealed class PostgresServer : CatalogServer
{
    private const string User = "postgres", PackagesFolder = "/usr/lib/postgresql";

    private string _programs = "";
    private bool _isRunning;

    private protected override void Make()
    {
        Requires.Tool("psql", "apt-get install -y postgresql");
        _programs = Path.Combine(Directory.EnumerateDirectories(PackagesFolder).MaxBy(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)!, "bin");
        if (Environment.IsPrivilegedProcess) Run("chown", User, Folder.Path);
        AsUser("initdb", "--pgdata", Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--no-locale");
        Start();
        MakeTables(OrleansTables.WithUniqueIndex);
    }

    public override string Name => "PostgreSQL";

    public string Connection => $"Host={Folder.Path};Username={User};Database={User};Maximum Pool Size=20";

    private string Data => Path.Combine(Folder.Path, "data");

    public override void Start()
    {
        AsUser("pg_ctl", "start", "--wait", "--silent", "--pgdata", Data, "--log", Path.Combine(Folder.Path, "log"), "--options", $"-k {Folder.Path} -c listen_addresses=");
        _isRunning = true;
    }

    /// <summary>Immediate: its processes are killed, and what they had not written is gone.</summary>
    public override void Kill()
    {
        if (!_isRunning) return;
        _isRunning = false;
        NpgsqlConnection.ClearAllPools();
        AsUser("pg_ctl", "stop", "--silent", "--mode", "immediate", "--pgdata", Data);
    }

    public void MakeTables(string script)
    {
        using var connection = new NpgsqlConnection(Connection);
        connection.Open();
        using var command = new NpgsqlCommand(script, connection);
        command.ExecuteNonQuery();
    }

    public override void AddStorage(ISiloBuilder silo) => silo.AddAdoNetGrainStorage(StorageName, options => (options.Invariant, options.ConnectionString) = ("Npgsql", Connection));

    private void AsUser(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_programs, program), .. arguments];
        if (Environment.IsPrivilegedProcess) Run("runuser", ["-u", User, "--", .. command]);
        else Run(command[0], command[1..]);
    }
}
