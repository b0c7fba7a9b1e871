// A document that has ended is seen by no read whose time is at or after its end, whichever way the read goes: by id, many ids, scan,
// column scan, index, count, join, traversal; and a snapshot from before sees it for ever.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class ExpiryTests : EngineFixture
{
    private const int Documents = 2000;

    protected override EngineOptions Options => base.Options with { Retention = TimeSpan.FromHours(10) };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_has_ended_is_shown_by_no_path(bool flushed, bool indexed)
    {
        if (indexed) Engine.DefineIndex(Things, "group", "test");
        var end = Time.GetUtcNow().AddMinutes(10);
        await Engine.WriteAsync([.. Enumerable.Range(0, Documents).Select(i => EngineWrite.Upsert(Things, Id(i), i % 2 == 0
            ? Document.Of(("group", i % 5), ("next", Id(i + 1).Text), ("_expires", Value.From(end)))
            : Document.Of(("group", i % 5), ("next", Id((i + 2) % Documents).Text))))]);
        if (flushed) await Engine.FlushAsync();
        if (indexed) await Engine.BuildIndexesAsync();
        using var before = Engine.TakeSnapshot();

        Time.SetUtcNow(end - TimeSpan.FromMilliseconds(1));
        Expect(Documents, null);
        Time.SetUtcNow(end);
        Expect(Documents / 2, null);
        Expect(Documents, before);
        Time.Advance(TimeSpan.FromHours(1));
        Expect(Documents / 2, null);
        Expect(Documents, before);

        // Ended means gone for writes, too.
        Assert.Equal("document.missing", (await Write(EngineWrite.Of(WriteKind.Replace, Things, Id(0), Document.Empty))).ErrorCode);
        Assert.Equal(WriteStatus.NotFound, (await Write(EngineWrite.Delete(Things, Id(0)))).Status);
        Assert.Equal(WriteStatus.Inserted, (await Write(EngineWrite.Insert(Things, Id(0), Document.Empty))).Status);
    }

    private void Expect(int there, EngineSnapshot? at)
    {
        var all = there == Documents;
        var ids = new[] { Id(0), Id(1), Id(2), Id(3) };
        Assert.Equal(all, Engine.Get(Things, Id(0), at) is not null);
        Assert.NotNull(Engine.Get(Things, Id(1), at));
        Assert.Equal(all ? 4 : 2, Engine.TryGetRows(Things, ids, new RowResult[4], at));
        Assert.Equal(there, Engine.Count(Things, null, at));
        Assert.Equal(there / 5, Engine.Count(Things, Filter.Eq("group", 3), at));
        Assert.Equal(there / 5, Ids(new ScanRequest(Things) { Where = Filter.Eq("group", 3), Sort = [new("group", Descending: true)] }, at).Count);
        Assert.Equal(there, Ids(new ScanRequest(Things), at).Count);
        Assert.Equal(all ? Id(0).Text : Id(1).Text, Ids(new ScanRequest(Things) { Limit = 1 }, at)[0]);
        using var joined = Engine.Join(Things, "group", [Value.From(3)], null, at);
        Assert.Equal(there / 5, joined.ToList().Count);
        using var walk = Engine.Query(new TraverseQuery { From = "things", Start = Filter.Eq("_id", Id(1).Text), Hops = [new Hop("next", new("things", "_id")) { Max = 3 }] }, at);
        Assert.Equal(3, walk.ToList().Count);
        using var fromEnded = Engine.Query(new TraverseQuery { From = "things", Start = Filter.Eq("_id", Id(0).Text), Hops = [new Hop("next", new("things", "_id"))] }, at);
        Assert.Equal(all ? 1 : 0, fromEnded.ToList().Count);
    }

    private List<string> Ids(ScanRequest request, EngineSnapshot? at)
    {
        using var stream = Engine.Scan(request, at);
        return [.. stream.ToList().Select(d => d.Id.Text)];
    }

    private static DocumentId Id(int i) => new($"d{i:D5}");
}
