using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Memtables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Memtables;

public sealed class MemtableTests
{
    [Fact]
    public void A_memtable_answers_like_a_sorted_list_of_versions() =>
        TestEntries.Gen(300).Select(Gen.Int[1, 60]).Sample((entries, cursorEvery) =>
        {
            var memtable = new Memtable(new ShapeRegistry());
            var added = new List<TestEntry>();
            foreach (var entry in entries)
            {
                memtable.Add(entry.AsOperation(), new(entry.Version));
                added.Add(entry);
                if (added.Count % cursorEvery == 0) AssertOrder(memtable, added);
            }

            AssertOrder(memtable, added);
            AssertGets(memtable, added);
            Assert.Equal(added.Count, memtable.EntryCount);
            Assert.Equal(added.Count == 0 ? 0 : added[0].Version, memtable.OldestVersion.Raw);
            Assert.Equal(added.Count == 0 ? 0 : added[^1].Version, memtable.NewestVersion.Raw);
        });

    [Fact]
    public void A_cursor_does_not_see_what_was_added_after_it_was_made()
    {
        var memtable = new Memtable(new ShapeRegistry());
        memtable.Add(TestEntries.Of(3, 1).AsOperation(), new(1));
        using var before = memtable.OpenCursor();
        memtable.Add(TestEntries.Of(1, 2).AsOperation(), new(2));
        Assert.Single(before.ReadAll());
        Assert.Equal(2, memtable.OpenCursor().ReadAll().Count);
    }

    [Fact]
    public void Rows_up_to_the_largest_document_find_room_between_small_ones()
    {
        var memtable = new Memtable(new ShapeRegistry());
        int[] sizes = [10, 70_000, 1 << 20, 5, (1 << 20) - 60, 3 << 20, 12, RowFormat.DocumentBytesMax, 1];
        var entries = sizes.Select((size, i) => TestEntries.Of(i, (ulong)i + 1, rowBytes: size)).ToList();
        foreach (var entry in entries) memtable.Add(entry.AsOperation(), new(entry.Version));
        foreach (var entry in entries)
        {
            Assert.True(memtable.TryGet(entry.Key, DocumentVersion.Max, out var hit));
            Assert.True(hit.Row.Span.SequenceEqual(entry.Row));
        }

        Assert.Equal(TestEntries.Sorted(entries).Select(entry => entry.Version), Versions(memtable));
        Assert.InRange(memtable.SizeBytes, sizes.Sum(size => (long)size), sizes.Sum(size => (long)size) + 64_000);
    }

    [Fact]
    public void The_size_counts_entries_and_index()
    {
        var memtable = new Memtable(new ShapeRegistry());
        Assert.InRange(memtable.SizeBytes, 0, 4096);
        for (var i = 0; i < 10_000; i++) memtable.Add(TestEntries.Of(100 + i * 5 + 3, (ulong)i + 1, rowBytes: 100).AsOperation(), new((ulong)i + 1));
        // 21 bytes of key, 100 of row and 32 of head make 160; the index holds at least 16 more, the order 4.
        Assert.InRange(memtable.SizeBytes, 10_000 * (160 + 16 + 4), 10_000 * (160 + 64 + 4));
        Assert.Equal(10_000, memtable.KeyCount);
    }

    [Fact]
    public void A_version_below_the_newest_of_its_key_is_a_bug_and_says_so()
    {
        var memtable = new Memtable(new ShapeRegistry());
        memtable.Add(TestEntries.Of(1, 5).AsOperation(), new(5));
        Assert.Throws<InvariantViolationException>(() => memtable.Add(TestEntries.Of(1, 5).AsOperation(), new(5)));
    }

    private static void AssertOrder(Memtable memtable, List<TestEntry> added)
    {
        var sorted = TestEntries.Sorted(added);
        using var cursor = memtable.OpenCursor();
        Assert.Equal(sorted.Texts(), cursor.ReadAll());
        var key = TestEntries.KeyOf(added.Count % 45);
        Assert.Equal(sorted.From(key).Texts(), cursor.ReadFrom(key));
    }

    private static void AssertGets(Memtable memtable, List<TestEntry> added)
    {
        for (var number = 0; number < 42; number++)
        {
            var key = TestEntries.KeyOf(number);
            foreach (var upTo in new ulong[] { 0, 100, 150, 250, ulong.MaxValue })
            {
                var expected = added.NewestAt(key, upTo);
                Assert.Equal(expected is not null, memtable.TryGet(key, new DocumentVersion(upTo), out var hit));
                if (expected is null) continue;
                var found = new TestEntry(key, hit.Version.Raw, hit.Kind, hit.ExpiresAt.Raw, hit.Shape, hit.Row.ToArray());
                Assert.Equal(expected.ToString(), found.ToString());
            }
        }
    }

    private static List<ulong> Versions(Memtable memtable)
    {
        using var cursor = memtable.OpenCursor();
        var versions = new List<ulong>();
        while (cursor.MoveNext()) versions.Add(cursor.Version.Raw);
        return versions;
    }
}
