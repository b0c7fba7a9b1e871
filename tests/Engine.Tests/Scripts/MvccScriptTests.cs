using IngoDB.TestKit;

namespace IngoDB.Tests.Scripts;

public sealed class MvccScriptTests
{
    private const string Folder = "tests/Engine.Tests/Scripts/mvcc";

    public static TheoryData<string> Scripts => [.. GoldenScript.In(Folder)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_story_is_as_the_script_tells_it(string script)
    {
        await using var story = await EngineStory.BeginAsync();
        await GoldenScript.RunAsync($"{Folder}/{script}", story.RunAsync);
    }
}
