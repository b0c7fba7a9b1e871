using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace IngoDB.LearningBench;

/// <summary>The same steps in SQLite with the indexes a person would make by hand. Its work cannot be counted in our units, so it is timed.</summary>
internal static class SqliteRun
{
    public static double Run(Workload workload, string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "learning.sqlite")}");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144");
        foreach (var collection in workload.Collections)
        {
            Execute(connection, $"CREATE TABLE {collection} (id TEXT PRIMARY KEY, {string.Join(", ", Things.Fields)}) WITHOUT ROWID");
            Write(connection, workload, collection, 0, workload.Documents);
            foreach (var index in workload.SqlIndexes) Execute(connection, $"CREATE INDEX {collection}_{index.Replace(',', '_')} ON {collection} ({index})");
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var step in workload.Steps)
            if (step is Step.Write write) Write(connection, workload, write.Collection, write.From, write.Documents);
            else Read(connection, ((Step.Ask)step).Sql);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static void Write(SqliteConnection connection, Workload workload, string collection, int from, int documents)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT OR REPLACE INTO {collection} VALUES ($id, {string.Join(", ", Things.Fields.Select(field => "$" + field))})";
        var id = command.Parameters.Add("$id", SqliteType.Text);
        var fields = Things.Fields.Select(field => command.Parameters.AddWithValue("$" + field, "")).ToList();
        for (var i = from; i < from + documents; i++)
        {
            id.Value = Things.Id(i % workload.Documents);
            var values = Things.Values(i % workload.Documents, workload.Documents);
            for (var field = 0; field < fields.Count; field++) fields[field].Value = values[field];
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static void Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++) _ = reader.GetValue(i);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
