using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Indexing;

public sealed class BuildBudgetTests : EngineFixture
{
    private const long BytesPerSecond = 1_000;

    protected override EngineOptions Options => base.Options with { BuildBytesPerSecondMax = BytesPerSecond, MergeThreadsMax = 1 };

    [Theory]
    [InlineData(null, 1_000_000, 0, 0)]
    [InlineData(1_000L, 500, 0, 500)]
    [InlineData(1_000L, 500, 200, 300)]
    [InlineData(1_000L, 500, 600, 0)]
    public void A_build_rests_until_what_it_has_read_is_within_its_budget(long? bytesPerSecond, long read, int elapsedMs, int restMs)
        => Assert.Equal(TimeSpan.FromMilliseconds(restMs), new BuildBudget(bytesPerSecond).RestAfter(read, TimeSpan.FromMilliseconds(elapsedMs)));

    [Fact]
    public async Task A_build_takes_as_long_as_its_budget_says_and_is_whole()
    {
        for (var table = 0; table < 3; table++)
        {
            await Engine.WriteAsync([.. Enumerable.Range(table * 100, 100).Select(i => EngineWrite.Upsert(Things, new($"k{i:D5}"), Document.Of(("n", i))))]);
            await Engine.FlushAsync();
        }

        Engine.DefineIndex(Things, IndexFields.Parse("n"), "test");
        var (began, built) = (Time.GetUtcNow(), Task.Run(() => Engine.BuildIndexesAsync()));
        while (!built.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await built;
        Assert.True(Engine.Indexes.Single().IsReady);
        Assert.InRange(Time.GetUtcNow() - began, TimeSpan.FromSeconds(Engine.Status.TableBytes / (double)BytesPerSecond * 0.9), TimeSpan.MaxValue);
    }
}
