using System.Globalization;
using CsCheck;
using IngoDB.Engine.Compaction;
using IngoDB.TestKit;

namespace IngoDB.Tests.Compaction;

public sealed class UnifiedCompactionTests
{
    private const string Folder = "tests/Engine.Tests/Scripts/compaction";

    public static TheoryData<string> Scripts => [.. GoldenScript.In(Folder)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task The_choice_is_as_the_picture_says(string script)
    {
        var picture = new LsmPicture();
        return GoldenScript.Run($"{Folder}/{script}", picture.Run);
    }

    [Fact]
    public void Whatever_is_flushed_the_strategy_comes_to_rest_and_leaves_no_deep_overlap() =>
        (from w in Gen.Int[-4, 4] from flushes in Gen.Select(Gen.Int[0, 20], Gen.Int[1, 5], Gen.Int[1, 64]).List[1, 40] select (w, flushes)).Sample(t =>
        {
            var picture = new LsmPicture();
            picture.Run(ScriptCommand.Parse($"lsm w={t.w}"));
            for (var i = 0; i < t.flushes.Count; i++)
            {
                var (from, width, size) = t.flushes[i];
                picture.Run(ScriptCommand.Parse(string.Create(CultureInfo.InvariantCulture, $"t{i + 1} {(char)('a' + from)}..{(char)('a' + from + width)} size={size} v={i + 1}..{i + 1}")));
                picture.Run(ScriptCommand.Parse("settle"));
            }

            var levels = new DensityLevels(t.w, picture.View.FlushBytes, RowDistribution.Of(picture.View.Tables));
            Assert.All(levels.Group(picture.View.Tables), level => Assert.All(OverlapSet.Of(level), set => Assert.True(set.Depth < levels.Threshold)));
        }, iter: 200);

    [Fact]
    public void Excluded_tables_are_never_chosen() =>
        (from ranges in Gen.Select(Gen.Int[0, 20], Gen.Int[1, 5]).List[2, 20] from busy in Gen.Int[1, 20].HashSet[1, 10] select (ranges, busy)).Sample(t =>
        {
            var picture = new LsmPicture();
            picture.Run(ScriptCommand.Parse("lsm"));
            for (var i = 0; i < t.ranges.Count; i++)
                picture.Run(ScriptCommand.Parse(string.Create(CultureInfo.InvariantCulture, $"t{i + 1} {(char)('a' + t.ranges[i].Item1)}..{(char)('a' + t.ranges[i].Item1 + t.ranges[i].Item2)}")));
            picture.Run(ScriptCommand.Parse($"busy {string.Join(' ', t.busy.Select(b => $"t{b}"))}"));

            foreach (var choice in (CompactionChoice[])[UnifiedCompaction.Choose(picture.View), UnifiedCompaction.ChooseEverything(picture.View)])
                if (choice is CompactionChoice.Merge merge) Assert.DoesNotContain(merge.Inputs, input => picture.View.Excluded.Contains(input.Id));
        });
}
