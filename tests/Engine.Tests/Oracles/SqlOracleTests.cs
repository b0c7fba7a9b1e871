// Another database over the same documents: SQLite, which has never seen our code, reads the same JSON and answers the same
// questions in the part of the language in which both mean the same. It agrees with the engine, or one of us is wrong about
// what the words mean, which no model of our own could tell.

using IngoDB.Model;
using Microsoft.Data.Sqlite;
using Xunit.Sdk;

namespace IngoDB.Tests.Oracles;

public sealed class SqlOracleTests
{
    private const int Stories = 10, ChangesPerRound = 60, QuestionsPerRound = 100;

    [Fact]
    public async Task Sqlite_gives_the_same_documents_in_the_same_order()
    {
        foreach (var seed in OracleStory.Seeds(Stories, first: 5001)) await TellAsync(new(seed));
    }

    private static async Task TellAsync(OracleStory story)
    {
        await using var engine = await OracleEngine.StartAsync(OracleVariant.All[^1], mayExpire: false);
        using var sqlite = new SqliteConnection("Data Source=:memory:");
        sqlite.Open();
        Execute(sqlite, "create table things (id text primary key, doc text)");
        for (var round = 0; round < OracleStory.Rounds; round++)
        {
            var changes = NextChanges(story);
            await engine.ChangeAsync(changes, round);
            foreach (var change in changes) Change(sqlite, change);
            for (var i = 0; i < QuestionsPerRound; i++)
            {
                var question = story.Next(SqlGenerators.Question);
                var (here, there) = (engine.Ids(question), Ask(sqlite, question, out var sql));
                if (!here.SequenceEqual(there)) throw new XunitException($"{story.Told(question, $"round {round}")}\n  here {string.Join(' ', here)}\nsqlite {string.Join(' ', there)}\n{sql}");
            }
        }
    }

    private static List<OracleChange> NextChanges(OracleStory story)
    {
        var changes = new Dictionary<string, OracleChange>();
        for (var i = 0; i < ChangesPerRound; i++)
        {
            var id = $"k{story.Next(CsCheck.Gen.Int[0, 99])}";
            changes[id] = new(new(id), story.Next(CsCheck.Gen.Int[0, 5]) == 0 ? null : story.Next(SqlGenerators.Document));
        }

        return [.. changes.Values];
    }

    private static void Change(SqliteConnection sqlite, OracleChange change)
    {
        using var command = sqlite.CreateCommand();
        command.CommandText = change.Document is null ? "delete from things where id = $id" : "insert or replace into things values ($id, $doc)";
        command.Parameters.AddWithValue("$id", change.Id.Text);
        if (change.Document is not null) command.Parameters.AddWithValue("$doc", DocumentJson.ToJson(change.Document));
        command.ExecuteNonQuery();
    }

    private static List<string> Ask(SqliteConnection sqlite, ScanQuery question, out string sql)
    {
        using var command = sqlite.CreateCommand();
        new SqlTranslation(command).Write(question);
        sql = command.CommandText;
        using var rows = command.ExecuteReader();
        var ids = new List<string>();
        while (rows.Read()) ids.Add(rows.GetString(0));
        return ids;
    }

    private static void Execute(SqliteConnection sqlite, string sql)
    {
        using var command = sqlite.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
