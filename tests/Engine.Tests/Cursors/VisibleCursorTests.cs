using CsCheck;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Cursors;

public sealed class VisibleCursorTests
{
    [Fact]
    public void A_read_point_sees_of_each_key_the_newest_entry_at_or_below_it() =>
        TestEntries.Gen(150, keys: 20).Select(Gen.ULong[99, 500], Gen.Int[0, 22]).Sample((entries, point, target) =>
        {
            var expected = Naive(entries, point);
            using var visible = new VisibleCursor(new ListCursor(TestEntries.Sorted(entries)), ReadPoint.At(new(point)));
            Assert.Equal(expected.Texts(), visible.ReadAll());
            var key = TestEntries.KeyOf(target);
            Assert.Equal(expected.From(key).Texts(), visible.ReadFrom(key));
        });

    [Fact]
    public void A_delete_hides_what_is_older_and_not_what_is_newer()
    {
        List<TestEntry> history = [TestEntries.Of(1, 9), TestEntries.Of(1, 7, dice: 0), TestEntries.Of(1, 3)];
        Assert.Equal([9UL], VersionsAt(history, 9));
        Assert.Empty(VersionsAt(history, 7));
        Assert.Equal([3UL], VersionsAt(history, 6));
        Assert.Empty(VersionsAt(history, 2));
    }

    [Fact]
    public void An_expired_entry_hides_older_ones_like_a_delete()
    {
        List<TestEntry> history = [TestEntries.Of(1, 10, dice: 1, rowBytes: 5), TestEntries.Of(1, 3)];
        Assert.Equal([10UL], VersionsAt(history, 14));
        Assert.Empty(VersionsAt(history, 15));
        Assert.Equal([3UL], VersionsAt(history, 9));
    }

    [Fact]
    public void Expiry_follows_the_time_of_the_read_point_not_its_version()
    {
        List<TestEntry> history = [TestEntries.Of(1, 10, dice: 1, rowBytes: 5)];
        using var visible = new VisibleCursor(new ListCursor(history), new ReadPoint(new(10), new(15)));
        Assert.False(visible.MoveNext());
    }

    private static List<ulong> VersionsAt(List<TestEntry> history, ulong point)
    {
        using var visible = new VisibleCursor(new ListCursor(history), ReadPoint.At(new DocumentVersion(point)));
        var versions = new List<ulong>();
        while (visible.MoveNext()) versions.Add(visible.Version.Raw);
        return versions;
    }

    private static List<TestEntry> Naive(List<TestEntry> entries, ulong point) => TestEntries.Sorted(entries
        .Where(entry => entry.Version <= point)
        .GroupBy(entry => Convert.ToHexString(entry.Key))
        .Select(versions => versions.MaxBy(entry => entry.Version)!)
        .Where(entry => entry.Kind == EntryKind.Put && (entry.ExpiresAt == 0 || entry.ExpiresAt > point)));
}
