// Two engines get the same writes and the same questions: one learns all the time (indexes are defined, built table by table,
// on trial, taken back, pinned, banned), the other is forbidden to. Whatever is asked, in whatever state the builds are, both
// answer with the same documents in the same order. 20,000 questions of any form, over small domains, so that they match.

using CsCheck;
using IngoDB.Engine;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.TestKit.Files;
using Microsoft.Extensions.Time.Testing;

namespace IngoDB.Tests.Whole;

public sealed class LearningChangesNoAnswerTests
{
    private const int Documents = 1_200, Questions = 5_000;

    private static readonly string[] s_paths = ["a", "b", "c", "d", "a[]", "b[]", "a+b", "c+d", "a.b", "a(b)", "b+a(c,d)", "c()", "a~hot", "b[]~hot", "d~hot"];

    /// <summary>Questions that the engine had an index for; too few would prove nothing.</summary>
    private int _throughIndexes;

    /// <summary>Those that the entries of a covering one have answered.</summary>
    private int _onlyIndexes;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task Learning_changes_no_answer_and_no_order(uint seed, bool columns)
    {
        var (random, time) = (new PCG(11, seed), new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        await using var learning = await OpenAsync(time, columns, LearningMode.On);
        await using var forbidden = await OpenAsync(time, columns: false, LearningMode.Off);
        var things = learning.Collection("things");
        Assert.Equal(things, forbidden.Collection("things"));
        for (var i = 0; i < Documents; i += 100) await WriteAsync(i, 100);

        for (var question = 0; question < Questions; question++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var dice = Next(Gen.Int[0, 99]);
            if (dice < 3) await WriteAsync(Next(Gen.Int[0, Documents - 1]), Next(Gen.Int[1, 20]));
            if (dice is 3 or 4) await learning.FlushAsync();
            if (dice == 5) await learning.CompactAsync(everything: Next(Gen.Bool));
            if (dice is >= 6 and < 12) learning.AdvanceLearning();
            if (dice is >= 12 and < 16) await learning.BuildIndexesAsync();
            if (dice == 16) learning.PinIndex(things, IndexFields.Parse(s_paths[Next(Gen.Int[0, s_paths.Length - 1])]));
            if (dice == 17) learning.BanIndex(things, IndexFields.Parse(s_paths[Next(Gen.Int[0, s_paths.Length - 1])]));
            if (dice == 18) learning.ChangeLearningRules(things, _ => LearningRules.Default);
            Compare(question);
        }

        Assert.True(columns || _throughIndexes > Questions / 20, $"only {_throughIndexes} questions went through an index");
        Assert.True(columns || _onlyIndexes > 0, "no question was answered by what an index carries");
        Assert.Empty(forbidden.Indexes);

        void Compare(int question)
        {
            var request = new ScanRequest(things)
            {
                Where = Next(FilterGenerators.Filter),
                Sort = Next(Gen.Frequency((2, Gen.Const((IReadOnlyList<SortKey>)[])), (1, FilterGenerators.Sort))),
                Select = Next(Gen.Frequency((2, Gen.Const((IReadOnlyList<FieldPath>?)null)), (1, Gen.Int[0, 3].Select(i => (FieldPath)"abcd"[i].ToString()).List[0, 2].Select(fields => (IReadOnlyList<FieldPath>?)fields)))),
                Limit = Next(Gen.Frequency((2, Gen.Const((int?)null)), (1, Gen.Int[1, 30].Select(limit => (int?)limit)))),
            };
            using var learned = learning.Scan(request);
            using var scanned = forbidden.Scan(request);
            Assert.True(learned.ToList().SequenceEqual(scanned.ToList()), $"seed {seed}, question {question} through {learned.Work.AccessPath}: {QueryShape.Of(request).Text()}");
            if (question % 8 == 0) Assert.True(forbidden.Count(things, request.Where) == learning.Count(things, request.Where), $"seed {seed}, question {question}: count {QueryShape.Of(request).Text()}");
            if (learned.Work.AccessPath.StartsWith("index", StringComparison.Ordinal)) _throughIndexes++;
            if (learned.Work.AccessPath.StartsWith("index only", StringComparison.Ordinal)) _onlyIndexes++;
        }

        async Task WriteAsync(int from, int count)
        {
            var writes = Enumerable.Range(from, count).Select(i => Next(Gen.Int[0, 19]) == 0
                ? EngineWrite.Delete(things, new($"k{i % Documents:D5}"))
                : EngineWrite.Upsert(things, new($"k{i % Documents:D5}"), Next(ValueGenerators.Document))).ToList();
            await learning.WriteAsync(writes);
            await forbidden.WriteAsync(writes);
        }

        T Next<T>(Gen<T> gen) => gen.Generate(random, null, out _);
    }

    private static Task<StorageEngine> OpenAsync(TimeProvider time, bool columns, LearningMode learning)
        => StorageEngine.OpenAsync("/db", new() { Files = new SimulatedFileSystem(), Time = time, BackgroundWork = false, Seed = 1, Columns = columns, Learning = learning });
}
