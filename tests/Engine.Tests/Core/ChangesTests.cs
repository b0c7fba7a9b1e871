// Whoever applies a collection's changes, page after page from wherever he is, has what the collection has when the last page ends at the
// present: over flushes, compactions, batches and restarts, with pages of any size. (Between, a document that has changed twice may be missing:
// it is told at its newest change.)

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class ChangesTests : EngineFixture
{
    protected override EngineOptions Options => base.Options with { Retention = TimeSpan.FromHours(10), MemtableBytes = 64 << 10 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_reader_of_changes_has_what_there_is_when_he_has_read_to_the_present(int seed)
    {
        var random = new Random(seed);
        var (copy, at, pages) = (new Dictionary<DocumentId, Document>(), DocumentVersion.None, 0);
        for (var step = 0; step < 400; step++)
        {
            await ChangeAsync(random);
            if (random.Next(5) > 0) continue;
            var changesMax = random.Next(1, 12);
            while (true)
            {
                using var now = Engine.TakeSnapshot();
                var read = Engine.Changes(Things, at, changesMax, now);
                Assert.InRange(read.Changes.Count, 0, Math.Max(changesMax, 2 * read.Changes.Count(change => change.Version == read.Changes[0].Version)));
                Assert.Equal(read.Changes.Select(c => c.Version).Order(), read.Changes.Select(c => c.Version));
                Assert.All(read.Changes, change => Assert.InRange(change.Version.Raw, at.Raw + 1, read.Until.Raw));
                foreach (var change in read.Changes) Apply(copy, change);
                at = read.Until;
                pages++;
                if (at < now.Version) continue;
                Same(Everything(now), copy);
                break;
            }
        }

        Assert.InRange(pages, 80, int.MaxValue);
    }

    [Fact]
    public async Task From_the_beginning_it_is_what_there_is_and_nothing_of_what_has_gone()
    {
        await Write(EngineWrite.Upsert(Things, Id(1), Document.Of(("n", 1))));
        await Write(EngineWrite.Upsert(Things, Id(2), Document.Of(("n", 2))));
        await Write(EngineWrite.Delete(Things, Id(1)));
        var all = Engine.Changes(Things, DocumentVersion.None, 100);
        Assert.Equal(Id(2), Assert.Single(all.Changes).Id);
        Assert.Empty(Engine.Changes(Things, all.Until, 100).Changes);
        await Engine.FlushAsync();
        Assert.Empty(Engine.Changes(Things, all.Until, 100).Changes);
        await Write(EngineWrite.Delete(Things, Id(2)));
        Assert.Null(Assert.Single(Engine.Changes(Things, all.Until, 100).Changes).Shape);
    }

    [Fact]
    public async Task What_does_not_match_the_condition_is_told_as_gone_or_not_at_all()
    {
        await Write(EngineWrite.Upsert(Things, Id(1), Document.Of(("open", true))));
        var before = Engine.Changes(Things, DocumentVersion.None, 100).Until;
        await Write(EngineWrite.Upsert(Things, Id(1), Document.Of(("open", false))));
        await Write(EngineWrite.Upsert(Things, Id(2), Document.Of(("open", true))));
        var open = Filter.Eq("open", true);
        Assert.Equal([(Id(1), false), (Id(2), true)], Engine.Changes(Things, before, 100, where: open).Changes.Select(c => (c.Id, c.Shape is not null)));
        Assert.Equal([Id(2)], Engine.Changes(Things, before, 100, where: open, withGone: false).Changes.Select(c => c.Id));
    }

    [Fact]
    public async Task A_page_holds_so_many_bytes_and_a_batch_or_a_large_document_whole()
    {
        var large = new string('x', 100_000);
        for (var i = 0; i < 6; i++) await Write(EngineWrite.Upsert(Things, Id(i), Document.Of(("text", large))));
        var read = Engine.Changes(Things, DocumentVersion.None, 100);
        Assert.Equal(2, read.Changes.Count);
        await Engine.WriteAsync([.. Enumerable.Range(10, 20).Select(i => EngineWrite.Upsert(Things, Id(i), Document.Of(("text", large))))], atomic: true);
        var (at, told) = (DocumentVersion.None, new List<int>());
        do
        {
            read = Engine.Changes(Things, at, 5);
            told.Add(read.Changes.Count);
            at = read.Until;
        } while (read.Changes.Count > 0);
        Assert.Equal([2, 2, 2, 20, 0], told);
    }

    [Fact]
    public async Task Where_deletions_are_not_kept_any_more_it_says_so()
    {
        await Write(EngineWrite.Upsert(Things, Id(1), Document.Of(("n", 1))));
        var before = Engine.Changes(Things, DocumentVersion.None, 100).Until;
        await Write(EngineWrite.Delete(Things, Id(1)));
        Time.Advance(TimeSpan.FromHours(11));
        await Write(EngineWrite.Upsert(Things, Id(2), Document.Of(("n", 2))));
        await Engine.FlushAsync();
        await Engine.CompactAsync(everything: true);
        Assert.Throws<SnapshotTooOldException>(() => Engine.Changes(Things, before, 100));
        Assert.Equal([Id(2)], Engine.Changes(Things, before, 100, withGone: false).Changes.Select(c => c.Id));
        Assert.Equal([Id(2)], Engine.Changes(Things, DocumentVersion.None, 100).Changes.Select(c => c.Id));
    }

    private static DocumentId Id(int number) => new($"k{number:D3}");

    private async Task ChangeAsync(Random random)
    {
        switch (random.Next(20))
        {
            case 0: await Engine.FlushAsync(); break;
            case 1: await Engine.CompactAsync(everything: random.Next(2) == 0); break;
            case 2: await Reopen(); break;
            case < 6: await Engine.WriteAsync([.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => WriteOf(random))], atomic: random.Next(2) == 0); break;
            default: await Write(WriteOf(random)); break;
        }

        Time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private EngineWrite WriteOf(Random random)
        => random.Next(3) == 0 ? EngineWrite.Delete(Things, Id(random.Next(40))) : EngineWrite.Upsert(Things, Id(random.Next(40)), Document.Of(("n", random.Next(1000))));

    private static void Apply(Dictionary<DocumentId, Document> copy, in Engine.Querying.EngineChange change)
    {
        if (change.Shape is { } shape) copy[change.Id] = new RowReader(shape, change.Row.Span).Decode();
        else copy.Remove(change.Id);
    }

    private Dictionary<DocumentId, Document> Everything(EngineSnapshot at)
    {
        using var all = Engine.Scan(new(Things), at);
        return all.ToList().ToDictionary(document => document.Id, document => document.Fields);
    }

    private static void Same(Dictionary<DocumentId, Document> expected, Dictionary<DocumentId, Document> actual)
        => Assert.Equal(expected.OrderBy(pair => pair.Key.Text).Select(pair => (pair.Key, pair.Value)), actual.OrderBy(pair => pair.Key.Text).Select(pair => (pair.Key, pair.Value)));
}
