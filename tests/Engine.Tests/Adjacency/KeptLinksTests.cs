// Links are learned: made when walks have paid for them, kept within their memory, dropped with their tables, never made where they
// would be wrong or where learning is off.

using IngoDB.Engine;
using IngoDB.Engine.Events;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Adjacency;

public sealed class KeptLinksTests : EngineFixture
{
    private EngineOptions _options = null!;

    protected override EngineOptions Options => _options ??= base.Options;

    // Document i leads to 4i + 1 .. 4i + 4.
    private static TraverseQuery Down { get; } = new() { From = "things", Start = Filter.Eq("_id", "t0000"), Hops = [new("next", new("things", "_id")) { Min = 0, Max = 64 }] };

    private static TraverseQuery Up { get; } = new() { From = "things", Start = Filter.Eq("_id", "t0499"), Hops = [new("_id", new("things", "next")) { Min = 0, Max = 64 }] };

    [Fact]
    public async Task A_link_is_made_when_walks_have_examined_twice_its_rows_and_no_earlier()
    {
        var made = new List<LinkMade>();
        Engine.Events.Raised += e => made.AddRange(e is LinkMade link ? [link] : []);
        await PutTreeAsync(500);
        Assert.Equal((500, "traversal"), Walk());
        await Engine.BuildIndexesAsync();
        Assert.Empty(made);
        Assert.Equal((500, "traversal"), Walk());
        await Engine.BuildIndexesAsync();
        Assert.Equal(new LinkMade("things.next -> things._id", 500, 499, Engine.Links.Single().Bytes), Assert.Single(made));
        Assert.Equal((500, "links"), Walk());
    }

    [Fact]
    public async Task A_link_goes_with_its_tables_and_comes_back_when_walks_go_on()
    {
        await PutTreeAsync(500);
        await LearnAsync();
        await Write(EngineWrite.Upsert(Things, new("t0100"), Document.Of(("next", Value.From("t0400")))));
        Assert.Equal((496, "links"), Walk());
        await Engine.FlushAsync();
        Assert.Equal((496, "links"), Walk());
        await Engine.CompactAsync(everything: true);
        Assert.Empty(Engine.Links);
        Assert.Equal((496, "traversal"), Walk());
        await LearnAsync();
        Assert.Equal((496, "links"), Walk());
    }

    [Fact]
    public async Task When_more_was_written_since_than_a_walk_takes_in_it_does_without_and_a_new_one_is_made_from_the_new_tables()
    {
        await PutTreeAsync(500);
        await LearnAsync();
        await PutTreeAsync(3_000);
        Assert.Equal((3_000, "traversal"), Walk());
        await Engine.FlushAsync();
        Assert.Equal((3_000, "traversal"), Walk());
        await LearnAsync();
        Assert.Equal((3_000, "links"), Walk());
    }

    [Fact]
    public async Task Links_that_were_made_of_different_tables_are_brought_together()
    {
        await PutTreeAsync(500);
        await LearnAsync();
        await Write(EngineWrite.Upsert(Things, new("t0100"), Document.Of(("next", Value.From("t0400")))));
        await Engine.FlushAsync();
        await LearnAsync(Up);
        var both = Down with { Hops = [.. Down.Hops, .. Up.Hops] };
        var expected = Walk(both with { Budget = new(Documents: 1_000_000) }).Results;
        Assert.Equal((expected, "traversal"), Walk(both));
        await LearnAsync(both);
        Assert.Equal((expected, "links"), Walk(both));
    }

    [Fact]
    public async Task Documents_that_expire_are_not_walked_by_links()
    {
        await PutTreeAsync(50);
        await Write(EngineWrite.Upsert(Things, new("t0049"), Document.Of(("next", "t0000"), ("_expires", Value.From(Time.GetUtcNow().UtcDateTime.AddMinutes(1))))));
        await Engine.FlushAsync();
        await LearnAsync();
        Assert.Empty(Engine.Links);
        Assert.Equal((50, "traversal"), Walk());
    }

    [Fact]
    public async Task What_was_written_later_and_has_expired_is_not_there()
    {
        await PutTreeAsync(50);
        await LearnAsync();
        await Write(EngineWrite.Upsert(Things, new("t0010"), Document.Of(("next", Value.From("t0041", "t0042", "t0043", "t0044")), ("_expires", Value.From(Time.GetUtcNow().UtcDateTime.AddMinutes(1))))));
        Assert.Equal((50, "links"), Walk());
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((45, "links"), Walk());
    }

    [Fact]
    public async Task None_is_made_when_learning_is_off_or_no_memory_is_given_or_too_little()
    {
        foreach (var options in new[] { Options with { Learning = LearningMode.Off }, Options with { LinkBytes = 0 }, Options with { LinkBytes = 1_000 } })
        {
            _options = options;
            await Reopen();
            await PutTreeAsync(500);
            await LearnAsync();
            Assert.Empty(Engine.Links);
            Assert.Equal((500, "traversal"), Walk());
        }
    }

    [Fact]
    public async Task The_links_that_were_used_longest_ago_make_room()
    {
        await PutTreeAsync(500);
        await LearnAsync();
        await LearnAsync(Up);
        Assert.Equal(2, Engine.Links.Count);
        _options = Options with { LinkBytes = Engine.Links.Sum(link => link.Bytes) - 1 };
        await Reopen();
        await LearnAsync();
        Assert.Equal("things.next -> things._id", Engine.Links.Single().Name);
        await LearnAsync(Up);
        Assert.Equal("things._id -> things.next", Engine.Links.Single().Name);
        Assert.Equal((6, "links"), Walk(Up));
        Assert.Equal((500, "traversal"), Walk());
    }

    [Fact]
    public async Task A_budget_is_kept_by_walking_document_by_document()
    {
        await PutTreeAsync(500);
        await LearnAsync();
        using var stream = Engine.Query(Down with { Budget = new(Documents: 100) });
        Assert.Equal(1 + 4 + 16 + 64, stream.ToList().Count); // whole depths
        Assert.Equal("docs", stream.StoppedBy);
    }

    private async Task PutTreeAsync(int count)
    {
        for (var i = 0; i < count; i++) await Write(EngineWrite.Upsert(Things, new($"t{i:D4}"), Document.Of(("next", Value.From([.. Enumerable.Range((4 * i) + 1, 4).Where(next => next < count).Select(next => Value.From($"t{next:D4}"))])))));
        if (count < 1_000) await Engine.FlushAsync();
    }

    private async Task LearnAsync(TraverseQuery? query = null)
    {
        for (var walk = 0; walk < 200 && (walk < 3 || query == Up); walk++) Walk(query);
        await Engine.BuildIndexesAsync();
    }

    private (int Results, string Path) Walk(TraverseQuery? query = null)
    {
        using var stream = Engine.Query(query ?? Down);
        return (stream.ToList().Count, stream.Work.AccessPath);
    }
}
