// What small data does not show: buffers, blocks and streams that are used again by the next answer, and by those beside it. Twenty-four
// thousand documents in six partitions on three silos, so that answers are many pages and tables have columns; caches too small
// for them; and all that a database does at the same time (LargeRun). Every answer is exactly that of the plainest reading.
//
// It has found: marks of columns that ended before the rows did. It finds: a stream that gives its buffers back twice, a walk that
// keeps the row of a refused document, a page without its last document, a cursor that is off by one.

using IngoDB.Tests;

namespace Grains.Tests.Silos;

public sealed class LargeAnswersTests(SiloFixture fixture)
{
    private const int Silos = 3, Partitions = 6, QuestionsPerPhase = 60;

    [Fact]
    public async Task Answers_of_many_pages_are_exact_whatever_else_goes_on()
    {
        foreach (var seed in OracleStory.Seeds(1, first: 40_001))
        {
            var run = await LargeRun.StartAsync(seed, await fixture.CrampedAsync(Silos, Partitions));
            for (var round = 0; round < OracleStory.RoundsOr(1); round++)
            {
                await run.AskThenAsync(QuestionsPerPhase);
                await run.AskNowAsync(QuestionsPerPhase);
            }

            foreach (var path in (string[])["column scan", "primary scan", "index"])
                Assert.True(run.Taken.Any(taken => taken.StartsWith(path, StringComparison.Ordinal)), $"no scan went by {path}: {string.Join(", ", run.Taken)}");
        }
    }
}
