using CsCheck;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;

namespace IngoDB.Tests.Cursors;

public sealed class MergeCursorTests
{
    [Fact]
    public void A_merge_is_the_sorted_union_of_its_inputs() =>
        TestEntries.Gen(200).Select(Gen.Int[1, 7], Gen.Int[0, 1 << 20]).Sample((entries, inputs, seed) =>
        {
            var expected = TestEntries.Sorted(entries);
            using var merge = new MergeCursor(Split(entries, inputs, seed));
            Assert.Equal(expected.Texts(), merge.ReadAll());
        });

    [Fact]
    public void A_seek_goes_to_the_newest_version_of_the_first_key_at_or_after() =>
        TestEntries.Gen(120).Select(Gen.Int[1, 5], Gen.Int[0, 45]).Sample((entries, inputs, target) =>
        {
            var key = TestEntries.KeyOf(target);
            using var merge = new MergeCursor(Split(entries, inputs, target));
            for (var again = 0; again < 2; again++) Assert.Equal(TestEntries.Sorted(entries).From(key).Texts(), merge.ReadFrom(key));
        });

    [Fact]
    public void The_same_entry_in_two_inputs_is_emitted_once() =>
        TestEntries.Gen(80).Select(Gen.Int[0, 1 << 20]).Sample((entries, seed) =>
        {
            var sorted = TestEntries.Sorted(entries);
            var some = sorted.Where((_, i) => (seed >> (i % 20) & 1) == 0).ToList();
            using var merge = new MergeCursor([new ListCursor(some), new ListCursor(sorted), new ListCursor(some)]);
            Assert.Equal(sorted.Texts(), merge.ReadAll());
        });

    [Fact]
    public void An_entry_tells_the_input_it_came_from() =>
        TestEntries.Gen(200).Select(Gen.Int[1, 7], Gen.Int[0, 1 << 20]).Sample((entries, inputs, seed) =>
        {
            var split = Split(entries, inputs, seed);
            var texts = split.ConvertAll(input => input.ReadAll());
            using var merge = new MergeCursor(split);
            for (var found = merge.Seek([]); found; found = merge.MoveNext())
                Assert.Contains(merge.Current().ToString(), texts[merge.Entry.Origin.Input]);
        });

    [Fact]
    public void A_merge_of_nothing_is_empty_and_its_inputs_are_disposed_with_it()
    {
        var inputs = new[] { new ListCursor([]), new ListCursor([]) };
        using (var merge = new MergeCursor(inputs))
        {
            Assert.False(merge.MoveNext());
            Assert.False(merge.Seek(TestEntries.KeyOf(1)));
        }

        Assert.All(inputs, input => Assert.True(input.IsDisposed));
    }

    private static List<EntryCursor> Split(List<TestEntry> entries, int inputs, int seed)
    {
        var random = new Random(seed);
        return [.. entries.GroupBy(_ => random.Next(inputs)).Select(group => new ListCursor(TestEntries.Sorted(group)))];
    }
}
