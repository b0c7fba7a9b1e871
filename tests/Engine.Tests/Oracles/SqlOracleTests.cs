// Another database over the same documents: SQLite, which has never seen our code, reads the same JSON and answers the same
// questions in the part of the language in which both mean the same. It agrees with the engine, or one of us is wrong about
// what the words mean, which no model of our own could tell.

using IngoDB.Model;
using Microsoft.Data.Sqlite;
using Xunit.Sdk;

namespace IngoDB.Tests.Oracles;

public sealed class SqlOracleTests
{
    private const int Stories = 10, ChangesPerRound = 60, QuestionsPerRound = 100, GroupsPerRound = 25;

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

            for (var i = 0; i < GroupsPerRound; i++)
            {
                var question = story.Next(SqlGenerators.Groups);
                var (here, there) = (engine.Groups(question).Select(group => TextOf(question, group)).ToList(), Ask(sqlite, question, out var sql));
                if (!here.SequenceEqual(there)) throw new XunitException($"{story.Told(question, $"round {round}")}\n  here {string.Join(" | ", here)}\nsqlite {string.Join(" | ", there)}\n{sql}");
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

    private static List<string> Ask(SqliteConnection sqlite, AggregateQuery question, out string sql)
    {
        using var command = sqlite.CreateCommand();
        new SqlTranslation(command).Write(question);
        sql = command.CommandText;
        using var rows = command.ExecuteReader();
        var groups = new List<string>();
        while (rows.Read()) groups.Add(string.Join(',', Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? "-" : TextOf(rows.GetValue(i)))));
        return groups;
    }

    /// <summary>As the row of SQLite would be: rank and value of each part of the key, then what was computed.</summary>
    private static string TextOf(AggregateQuery question, Document group)
    {
        var keys = question.By.SelectMany(path => (string[])[RankOf(path.In(group)), TextOf(path.In(group))]);
        return string.Join(',', keys.Concat(question.Compute.Select(named => TextOf(group[named.Key]))));
    }

    private static string RankOf(in Value value) => value.Kind switch { ValueKind.Missing => "0", ValueKind.Null => "1", ValueKind.Bool => "2", ValueKind.String => "4", _ => "3" };

    private static string TextOf(in Value value) => value.Kind switch
    {
        ValueKind.Missing or ValueKind.Null => "-",
        ValueKind.Bool => value.AsBool() ? "1" : "0",
        ValueKind.String => value.AsString(),
        ValueKind.Int64 => TextOf((object)value.AsInt64()),
        _ => TextOf((object)double.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture)),
    };

    /// <summary>1 and 1.0 are the same number, and so the same text.</summary>
    private static string TextOf(object value) => value switch
    {
        double number when number == Math.Floor(number) && number is >= -9223372036854775808.0 and < 9223372036854775808.0 => ((long)number).ToString(System.Globalization.CultureInfo.InvariantCulture),
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static void Execute(SqliteConnection sqlite, string sql)
    {
        using var command = sqlite.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
