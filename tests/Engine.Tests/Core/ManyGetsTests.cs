// Many gets in one call take their steps together, in groups, over memtables, tables, blocks in memory and blocks in files. What
// they answer must be what single gets answer, whatever the ids look like and however many there are.
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class ManyGetsTests : EngineFixture
{
    private const int Keys = 300;

    protected override EngineOptions Options => base.Options with { BlockBytes = 1024, TableBytesMax = 8 << 10, Learning = LearningMode.Off };

    [Fact]
    public async Task Many_gets_answer_what_single_gets_answer_now_and_at_snapshots()
    {
        var random = new Random(7);
        var snapshots = new List<EngineSnapshot>();
        for (var round = 0; round < 60; round++)
        {
            await Engine.WriteAsync([.. Enumerable.Range(0, 40).Select(_ => random.Next(Keys)).Distinct().Select(key => Change(key, random))]);
            if (random.Next(3) == 0) await Engine.FlushAsync(TestContext.Current.CancellationToken);
            if (random.Next(12) == 0) await Engine.SettleAsync(TestContext.Current.CancellationToken);
            if (random.Next(8) == 0) snapshots.Add(Engine.TakeSnapshot());
            Time.Advance(TimeSpan.FromMilliseconds(1));
            foreach (var snapshot in snapshots.Append(null)) CheckSome(random, snapshot);
        }

        foreach (var snapshot in snapshots) snapshot.Dispose();
    }

    [Fact]
    public async Task Nothing_is_allocated_for_rows_in_memory()
    {
        await Engine.WriteAsync([.. Enumerable.Range(0, Keys).Select(key => EngineWrite.Upsert(Things, Id(key), Document.Of(("n", key))))]);
        await Engine.SettleAsync(TestContext.Current.CancellationToken);
        DocumentId[] ids = [.. Enumerable.Range(0, 100).Select(i => Id(i * 3))];
        var rows = new RowResult[ids.Length];
        for (var i = 0; i < 100; i++) Assert.Equal(100, Engine.TryGetRows(Things, ids, rows));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Engine.TryGetRows(Things, ids, rows);
            Engine.TryGetRow(Things, ids[i], null, out _, out _, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Too_little_room_for_the_answers_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Engine.TryGetRows(Things, [Id(1), Id(2)], new RowResult[1]));

    private void CheckSome(Random random, EngineSnapshot? snapshot)
    {
        DocumentId[] ids = [.. Enumerable.Range(0, random.Next(80)).Select(_ => Id(random.Next(Keys + 20)))];
        var rows = new RowResult[ids.Length];
        Array.Fill(rows, new(new(1), Shape.SelfDescribed, new byte[1])); // what stood there before is gone
        var found = Engine.TryGetRows(Things, ids, rows, snapshot);
        for (var i = 0; i < ids.Length; i++)
        {
            var isThere = Engine.TryGetRow(Things, ids[i], snapshot, out var version, out var shape, out var row);
            Assert.Equal(isThere, rows[i].Found);
            if (!isThere) continue;
            Assert.Equal((version, shape), (rows[i].Version, rows[i].Shape));
            Assert.True(row.Span.SequenceEqual(rows[i].Row.Span));
        }

        Assert.Equal(rows.Count(r => r.Found), found);
    }

    private EngineWrite Change(int key, Random random)
    {
        var document = Document.Of(("n", random.Next(1000)), ("text", new string('x', random.Next(60))));
        return random.Next(8) switch
        {
            0 => EngineWrite.Delete(Things, Id(key)),
            1 => EngineWrite.Upsert(Things, Id(key), Document.Of(("n", key), (FieldNames.Expires, Time.GetUtcNow().AddMilliseconds(random.Next(1, 40))))),
            _ => EngineWrite.Upsert(Things, Id(key), document),
        };
    }

    // Uuids, short texts, and texts that are longer than a group has room for.
    private static DocumentId Id(int key) => (key % 3) switch
    {
        0 => new(new Guid(key, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        1 => new($"k{key}"),
        _ => new(new string('l', 20 + key % 200) + key),
    };
}
