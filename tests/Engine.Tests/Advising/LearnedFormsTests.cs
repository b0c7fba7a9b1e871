// Which form an index takes is learned, too: what is looked at is carried along once going to rows has cost as much as carrying it, and
// where writes are too many for a whole index one over the hot stretch is kept.

using IngoDB.Engine;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Advising;

public sealed class LearnedFormsTests : EngineFixture
{
    private const int Rows = 8_000;

    protected override EngineOptions Options => base.Options with { Columns = false };

    [Fact]
    public async Task What_a_question_looks_at_is_carried_along_once_going_to_rows_has_paid_for_it()
    {
        await WriteAsync(0, Rows);
        var request = new ScanRequest(Things) { Where = Filter.Eq("shelf", 7), Select = ["name"] };
        string plain = "", last = "";
        for (var run = 0; run < 60; run++)
        {
            last = await RunAndLearn(request);
            if (run == 4) plain = last;
        }

        Assert.Equal(("index range shelf", "index only range shelf(name)"), (plain, last));
        Assert.Equal(["shelf", "shelf(name)"], Engine.Indexes.Select(index => index.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Under_many_writes_an_index_over_the_hot_stretch_is_kept_where_a_whole_one_would_not_pay()
    {
        await WriteAsync(0, Rows);
        var random = new Random(1);
        var last = "";
        for (var round = 0; round < 24; round++)
        {
            await WriteAsync(random.Next(Rows), Rows / 2);
            await Engine.CompactAsync(everything: true);
            Time.Advance(TimeSpan.FromMinutes(1));
            var from = 100 + random.Next(4);
            last = await RunAndLearn(new(Things) { Where = new RangeFilter("price", from, from + 20 + random.Next(4), RangeBounds.Closed) });
        }

        Assert.True(Engine.Indexes is [{ Path: "price~hot" }], $"{string.Join('\n', Engine.WhatIf(Things))}\n{string.Join('\n', Engine.LearningDecisions(Things))} {string.Join(' ', Engine.LearningReports[0].Hot!)}");
        Assert.Contains("price~hot", last, StringComparison.Ordinal);
        Assert.InRange(Engine.Indexes[0].Entries, 1, Rows / 2);
        Assert.Contains(Engine.LearningDecisions(Things), decision => decision is { Act: "build", Path: "price~hot" });
    }

    [Fact]
    public async Task Stretches_that_never_come_back_make_no_partial_index()
    {
        await WriteAsync(0, Rows);
        for (var round = 0; round < 24; round++)
        {
            await WriteAsync(round * 300, Rows / 2);
            await Engine.FlushAsync();
            Time.Advance(TimeSpan.FromMinutes(1));
            await RunAndLearn(new(Things) { Where = Filter.Eq("price", round * 57) });
        }

        Assert.DoesNotContain(Engine.Indexes, index => index.Path.Contains("hot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hot_stretch_that_has_moved_is_indexed_where_it_is_now_once_that_is_paid_for()
    {
        await WriteAsync(0, Rows);
        for (var run = 0; run < 10; run++) await RunAndLearn(Between(100, 120));
        Engine.ChangeLearningRules(Things, rules => rules.Ban("price").Pin("price~hot"));
        await Engine.BuildIndexesAsync();
        Assert.Contains("price~hot", await RunAndLearn(Between(105, 115)), StringComparison.Ordinal);
        Time.Advance(TimeSpan.FromHours(10));
        Assert.Equal("primary scan", await RunAndLearn(Between(700, 710)));
        for (var run = 0; run < 8; run++) await RunAndLearn(Between(700, 710));
        Assert.Contains("price~hot", await RunAndLearn(Between(702, 708)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_design_with_forms_is_exported_and_applied()
    {
        await WriteAsync(0, 100);
        foreach (var fields in (string[])["shelf(name)", "price~hot", "name+price"]) Engine.DefineIndex(Things, IndexFields.Parse(fields), "test");
        var design = LearnedDesign.Parse(Engine.ExportDesign().ToJson());
        await using var other = await StorageEngine.OpenAsync("/other", Options);
        other.ApplyDesign(design);
        Assert.Equal(Engine.Indexes.Select(index => index.Name).Order(StringComparer.Ordinal), other.Indexes.Select(index => index.Name).Order(StringComparer.Ordinal));
    }

    private ScanRequest Between(int low, int high) => new(Things) { Where = new RangeFilter("price", low, high, RangeBounds.Closed) };

    private async Task<string> RunAndLearn(ScanRequest request)
    {
        string path;
        using (var stream = Engine.Scan(request))
        {
            while (stream.MoveNext()) continue;
            path = stream.Work.AccessPath;
        }

        Engine.AdvanceLearning();
        await Engine.BuildIndexesAsync();
        return path;
    }

    private async Task WriteAsync(int from, int count)
    {
        await Engine.WriteAsync([.. Enumerable.Range(from, count).Select(i => EngineWrite.Upsert(Things, new($"k{i % Rows:D6}"), Document.Of(("shelf", i % 20), ("name", $"n{i % Rows}"), ("price", i * 7_919 % 1_000))))]);
        await Engine.FlushAsync();
    }
}
