// The peers: a table of edges with an index on where they begin, and a recursive common table expression, which is how SQL walks a
// graph. UNION leaves out what was reached with the same depth; the distinct ids are the answer.

using System.Data.Common;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace IngoDB.GraphBench;

/// <summary>What both have in common.</summary>
internal abstract class SqlGraph(DbConnection connection) : IGraphEngine
{
    private const string Flights = """
        WITH RECURSIVE reached(code, depth) AS (SELECT 'AUS', 0 UNION SELECT r.dst, depth + 1 FROM reached JOIN routes r ON r.src = code WHERE depth < 7)
        SELECT DISTINCT code FROM reached WHERE code <> 'AUS'
        """;

    private const string Links = """
        WITH RECURSIVE reached(id, depth) AS (SELECT id, 0 FROM starts UNION SELECT l.dst, depth + 1 FROM reached JOIN links l ON l.src = reached.id WHERE depth < 3)
        SELECT DISTINCT id FROM reached
        """;

    public abstract string Name { get; }

    public async Task LoadAsync(GraphData data)
    {
        await connection.OpenAsync();
        Execute("CREATE TABLE routes(src TEXT, dst TEXT, dist INTEGER)");
        Execute("CREATE TABLE links(src TEXT, dst TEXT)");
        Execute("CREATE TABLE starts(id TEXT)");
        Fill(data);
        Execute("CREATE INDEX routes_src ON routes(src)");
        Execute("CREATE INDEX links_src ON links(src)");
        Execute("ANALYZE");
    }

    public Task<Answer> FlightsAsync() => Task.FromResult(Read(Flights));

    public Task<Answer> LinksAsync(GraphData data) => Task.FromResult(Read(Links));

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    protected abstract void Fill(GraphData data);

    protected void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private Answer Read(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var answer = new Answer();
        while (rows.Read()) answer.Add(rows.GetString(0));
        return answer;
    }
}

internal sealed class DuckDbGraph(DuckDBConnection connection) : SqlGraph(connection)
{
    private readonly DuckDBConnection _connection = connection;

    public DuckDbGraph(string folder)
        : this(new DuckDBConnection($"Data Source={Path.Combine(folder, "graph.duckdb")}"))
    {
    }

    public override string Name => "duckdb";

    protected override void Fill(GraphData data)
    {
        using (var routes = _connection.CreateAppender("routes"))
            foreach (var (from, to, miles) in data.Routes) routes.CreateRow().AppendValue(from).AppendValue(to).AppendValue(miles).EndRow();
        using (var links = _connection.CreateAppender("links"))
            for (var document = 0; document < data.Documents; document++)
                for (var link = 0; link < GraphData.Links; link++) links.CreateRow().AppendValue(GraphData.IdOf(document)).AppendValue(GraphData.IdOf(data.LinkOf(document, link))).EndRow();
        using (var starts = _connection.CreateAppender("starts"))
            for (var i = 0; i < GraphData.Starts; i++) starts.CreateRow().AppendValue(GraphData.IdOf(data.StartOf(i))).EndRow();
    }
}

internal sealed class SqliteGraph(SqliteConnection connection) : SqlGraph(connection)
{
    private readonly SqliteConnection _connection = connection;

    public SqliteGraph(string folder)
        : this(new SqliteConnection($"Data Source={Path.Combine(folder, "graph.sqlite")};Pooling=False"))
    {
    }

    public override string Name => "sqlite";

    protected override void Fill(GraphData data)
    {
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=OFF");
        Execute("PRAGMA cache_size=-262144");
        Execute("PRAGMA mmap_size=1073741824");
        Execute("BEGIN");
        Insert("INSERT INTO routes VALUES($0, $1, $2)", data.Routes.Select(r => new object[] { r.From, r.To, r.Miles }));
        Insert("INSERT INTO links VALUES($0, $1)", Enumerable.Range(0, data.Documents).SelectMany(d => Enumerable.Range(0, GraphData.Links).Select(link => new object[] { GraphData.IdOf(d), GraphData.IdOf(data.LinkOf(d, link)) })));
        Insert("INSERT INTO starts VALUES($0)", Enumerable.Range(0, GraphData.Starts).Select(i => new object[] { GraphData.IdOf(data.StartOf(i)) }));
        Execute("COMMIT");
    }

    private void Insert(string sql, IEnumerable<object[]> rows)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (command.Parameters.Count <= i) command.Parameters.AddWithValue($"${i}", row[i]);
                else command.Parameters[i].Value = row[i];
            }

            command.ExecuteNonQuery();
        }
    }
}
