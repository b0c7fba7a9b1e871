// Stories of one collection, asked in the language itself:
//
//   put ID {document}     aggregate {…}     scan {…}     get {…}     ("kind" and "from" are added)
//
// Each is told twice, from memtables and from tables with columns; the answers must be the same.

using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.TestKit;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Scripts;

public sealed class AggregateScriptTests
{
    private const string Folder = "tests/Engine.Tests/Scripts/aggregate";

    public static TheoryData<string, bool> Scripts => [.. GoldenScript.In(Folder).SelectMany(script => new[] { (script, false), (script, true) })];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_story_is_as_the_script_tells_it(string script, bool flushed)
    {
        await using var engine = await StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), Time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)), BackgroundWork = false, Seed = 1, Learning = LearningMode.Off, ColumnRowsMin = 1 });
        var collection = engine.Collection("story");
        await GoldenScript.RunAsync($"{Folder}/{script}", async command =>
        {
            var text = command.Line[command.Line.IndexOf('{', StringComparison.Ordinal)..];
            if (command.Name == "put")
            {
                await engine.WriteAsync([EngineWrite.Upsert(collection, new(command[0]), DocumentJson.ReadWithId(System.Text.Encoding.UTF8.GetBytes(text)).Fields)]);
                return "";
            }

            if (flushed) await engine.FlushAsync();
            using var stream = engine.Query((Query)LiquidJson.Read($"{{\"kind\":\"{command.Name}\",\"from\":\"story\",{text[1..]}"));
            return string.Join('\n', stream.ToList().Select(result => command.Name == "aggregate" ? DocumentJson.ToJson(result.Fields) : $"{result.Id} {DocumentJson.ToJson(result.Fields)}").DefaultIfEmpty("nothing"));
        });
    }
}
