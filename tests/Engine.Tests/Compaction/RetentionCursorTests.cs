// The promise: for everybody who reads at or above the watermark, a merge changes nothing. The model is the plainest
// reading of visibility; random histories of few keys, spread over the inputs of a merge and tables outside of it,
// are read at every point before and after.

using System.Collections.Immutable;
using CsCheck;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests.Compaction;

public sealed class RetentionCursorTests
{
    private const int VersionMax = 30;

    private static readonly Gen<TestEntry> Entry =
        from key in Gen.Int[0, 5]
        from version in Gen.ULong[1, VersionMax]
        from isDelete in Gen.Bool
        from expires in Gen.OneOf(Gen.Const(0UL), Gen.ULong[1, VersionMax + 5])
        select new TestEntry(Key(key), new(version), isDelete ? EntryKind.Delete : EntryKind.Put, new(isDelete ? 0 : expires), isDelete ? [] : [(byte)version]);

    // Version v of a key exists once, in one place.
    private static readonly Gen<(List<TestEntry> Inputs, List<List<TestEntry>> Others)> History =
        from entries in Entry.List[0, 60]
        from places in Gen.Int[0, 4].List[60]
        let unique = entries.DistinctBy(e => (Convert.ToHexString(e.Key), e.Version)).Zip(places).ToList()
        select (unique.Where(e => e.Second <= 2).Select(e => e.First).ToList(),
            new List<List<TestEntry>> { unique.Where(e => e.Second == 3).Select(e => e.First).ToList(), unique.Where(e => e.Second == 4).Select(e => e.First).ToList() });

    [Fact]
    public void Readers_at_or_above_the_watermark_see_the_same_before_and_after() =>
        (from history in History from watermark in Gen.ULong[0, VersionMax + 2] select (history, watermark)).Sample(t =>
        {
            var ((inputs, others), watermark) = t;
            var outside = others.SelectMany(o => o).ToList();
            var kept = Retain(inputs, watermark, new OlderVersions(others.Where(o => o.Count > 0).Select(Describe), DocumentVersion.Max));

            for (var at = watermark; at <= VersionMax + 6; at++)
                for (var key = 0; key <= 5; key++)
                    Assert.Equal(Visible(inputs.Concat(outside), Key(key), at), Visible(kept.Concat(outside), Key(key), at));
        });

    [Fact]
    public void Nothing_is_kept_that_no_reader_needs() =>
        (from history in History from watermark in Gen.ULong[0, VersionMax + 2] select (history.Inputs, watermark)).Sample((inputs, watermark) =>
        {
            var kept = Retain(inputs, watermark, OlderVersions.None);

            foreach (var key in kept.GroupBy(e => Convert.ToHexString(e.Key)))
            {
                var old = key.Where(e => e.Version.Raw <= watermark).ToList();
                Assert.True(old.Count <= 1);
                Assert.All(old, e => Assert.True(e.Kind == EntryKind.Put && (e.ExpiresAt == DocumentVersion.None || e.ExpiresAt.Raw > watermark)));
            }
        });

    [Fact]
    public void A_snapshot_keeps_the_newest_version_at_or_below_it()
    {
        var kept = Retain([Put(1, 9), Put(1, 7), Put(1, 5), Put(1, 3)], watermark: 6, OlderVersions.None);

        Assert.Equal([9UL, 7, 5], kept.Select(e => e.Version.Raw));
    }

    [Fact]
    public void A_deletion_stays_while_something_older_may_lie_elsewhere()
    {
        var elsewhere = new OlderVersions([Describe([Put(0, 2), Put(3, 4)])], DocumentVersion.Max);

        Assert.Single(Retain([Delete(1, 5)], watermark: 9, elsewhere));
        Assert.Empty(Retain([Delete(4, 5)], watermark: 9, elsewhere));
        Assert.Single(Retain([Delete(4, 5)], watermark: 9, new OlderVersions([], oldestInMemory: new(4))));
    }

    [Fact]
    public void An_expired_row_that_must_still_hide_something_stays_as_a_deletion()
    {
        var expired = Put(1, 5) with { ExpiresAt = new(8) };
        var elsewhere = new OlderVersions([Describe([Put(1, 2)])], DocumentVersion.Max);

        var kept = Assert.Single(Retain([expired], watermark: 8, elsewhere));

        Assert.Equal(EntryKind.Delete, kept.Kind);
        Assert.Empty(kept.Row);
        Assert.Equal(EntryKind.Put, Retain([expired], watermark: 7, OlderVersions.None).Single().Kind);
    }

    [Fact]
    public void Rows_of_dropped_collections_vanish()
    {
        var rule = new RetentionRule(DocumentVersion.None, [new CollectionId(2)], OlderVersions.None);
        var entries = new[] { Put(1, 1), Put(1, 2) with { Key = EntryKey.Of(new(2), new("a")) }, Put(2, 3) with { Key = EntryKey.Of(new(2), new("b")) }, Put(1, 4) with { Key = EntryKey.Of(new(3), new("a")) } };

        using var cursor = new RetentionCursor(new ListCursor(entries), rule);

        Assert.Equal([1UL, 4], ListCursor.Drain(cursor).Select(e => e.Version.Raw));
    }

    private static List<TestEntry> Retain(IEnumerable<TestEntry> inputs, ulong watermark, OlderVersions elsewhere)
    {
        using var cursor = new RetentionCursor(new ListCursor(inputs), new(new(watermark), ImmutableHashSet<CollectionId>.Empty, elsewhere));
        return ListCursor.Drain(cursor);
    }

    /// <summary>The version that a snapshot at this time finds, 0 for none.</summary>
    private static ulong Visible(IEnumerable<TestEntry> entries, byte[] key, ulong at)
    {
        var newest = entries.Where(e => e.Key.AsSpan().SequenceEqual(key) && e.Version.Raw <= at).MaxBy(e => e.Version);
        return newest is { Kind: EntryKind.Put } && !ReadPoint.At(new(at)).IsExpired(newest.ExpiresAt) ? newest.Version.Raw : 0;
    }

    private static TableInfo Describe(List<TestEntry> entries) => new(new(1), 0, entries.Count, 0, 0,
        entries.MinBy(e => e.Key, Bytes)!.Key, entries.MaxBy(e => e.Key, Bytes)!.Key, entries.Min(e => e.Version), entries.Max(e => e.Version));

    private static Comparer<byte[]> Bytes { get; } = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private static byte[] Key(int key) => EntryKey.Of(new(1), new($"k{key}"));

    private static TestEntry Put(int key, ulong version) => new(Key(key), new(version), EntryKind.Put, DocumentVersion.None, [1]);

    private static TestEntry Delete(int key, ulong version) => new(Key(key), new(version), EntryKind.Delete, DocumentVersion.None, []);
}
