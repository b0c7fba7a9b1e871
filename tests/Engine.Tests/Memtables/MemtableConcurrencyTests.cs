// One writer, several readers, no locks. The history is a formula (step s writes key s mod K with version s + 1), so a
// reader knows by itself what every read point must show, and needs no synchronisation that could hide a missing fence.
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Memtables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Memtables;

public sealed class MemtableConcurrencyTests
{
    private const int Keys = 500;
    private const int Steps = 60_000;

    private static readonly byte[][] KeyBytes = [.. Enumerable.Range(0, Keys).Select(TestEntries.KeyOf)];

    private readonly Memtable _memtable = new(new ShapeRegistry());
    private ulong _visible;

    [Fact]
    public async Task Readers_beside_the_writer_see_exactly_what_their_read_point_promises()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var readers = Enumerable.Range(1, 3).Select(seed => Task.Run(() => Read(new Random(seed)), cancellation)).ToArray();
        var writer = Task.Run(Write, cancellation);
        await writer;
        var reads = await Task.WhenAll(readers);
        Assert.All(reads, count => Assert.True(count > 0));
        CheckScan(Steps);
    }

    private void Write()
    {
        for (var step = 0; step < Steps; step++)
        {
            var version = (ulong)step + 1;
            _memtable.Add(TestEntries.Of(step % Keys, version, rowBytes: step % 90).AsOperation(), new(version));
            Volatile.Write(ref _visible, version);
        }
    }

    private int Read(Random random)
    {
        var reads = 0;
        for (ulong point = 0; point < Steps; reads++)
        {
            point = Volatile.Read(ref _visible);
            for (var i = 0; i < 50; i++) CheckGet(random.Next(Keys), point);
            if (reads % 20 == 0) CheckScan(point);
        }

        return reads;
    }

    private void CheckGet(int key, ulong point)
    {
        var expected = NewestVersion(key, point);
        Assert.Equal(expected != 0, _memtable.TryGet(KeyBytes[key], new DocumentVersion(point), out var hit));
        if (expected == 0) return;
        Assert.Equal(expected, hit.Version.Raw);
        Assert.True(hit.Row.Span.SequenceEqual(TestEntries.RowOf(expected, (int)(expected - 1) % 90)));
    }

    private void CheckScan(ulong point)
    {
        using var visible = new VisibleCursor(_memtable.OpenCursor(), ReadPoint.At(new(point)));
        var count = 0;
        byte[] before = [];
        while (visible.MoveNext())
        {
            Assert.True(before.AsSpan().SequenceCompareTo(visible.Key) < 0);
            before = visible.Key.ToArray();
            Assert.True(visible.Row.SequenceEqual(TestEntries.RowOf(visible.Version.Raw, (int)(visible.Version.Raw - 1) % 90)));
            count++;
        }

        Assert.Equal((int)Math.Min(point, Keys), count);
    }

    // The greatest s + 1 ≤ point with s mod Keys = key.
    private static ulong NewestVersion(int key, ulong point)
    {
        var first = (ulong)key + 1;
        return point < first ? 0 : first + (point - first) / Keys * Keys;
    }
}
