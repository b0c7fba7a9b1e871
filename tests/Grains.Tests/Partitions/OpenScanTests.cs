// A scan between two pages: whatever the coordinator has used up of what it was given, it goes on with exactly what follows.

using CsCheck;
using IngoDB.Abstractions;
using IngoDB.Engine.Querying;
using IngoDB.Grains.Partitions;
using IngoDB.Model;

namespace Grains.Tests.Partitions;

public sealed class OpenScanTests
{
    private static readonly Gen<(int Documents, int PageBytes, int[] UsedUp)> Stories = Gen.Select(Gen.Int[0, 60], Gen.Int[1, 800], Gen.Int[0, 20].Array[0, 40]);

    [Fact]
    public void Whatever_was_used_up_the_next_page_is_what_follows()
        => Stories.Sample(story =>
        {
            using var scan = new OpenScan(new Numbers(story.Documents), null, []);
            var seen = new List<long>();
            byte[] after = [];
            var more = true;
            for (var step = 0; more; step++)
            {
                if (!scan.CanGoOnAfter(after)) return;
                var page = scan.GoOn(after, story.PageBytes);
                var numbers = page.Page.Length == 0 ? [] : DocumentPageReader.DecodeAll(page.Page).Select(d => d["n"].AsInt64()).ToList();
                var used = step < story.UsedUp.Length ? Math.Min(story.UsedUp[step], numbers.Count) : numbers.Count;
                seen.AddRange(numbers.Take(used));
                if (used > 0) after = Numbers.KeyOf(seen[^1]);
                more = page.More || used < numbers.Count;
            }

            Assert.Equal(Enumerable.Range(0, story.Documents).Select(n => (long)n), seen);
        });

    [Fact]
    public void A_page_that_is_not_kept_any_more_cannot_be_gone_on_from()
    {
        using var scan = new OpenScan(new Numbers(100), null, []);
        byte[] after = [];
        for (var page = 0; page < 6; page++) after = scan.GoOn(after, 1).Last;
        Assert.True(scan.CanGoOnAfter(Numbers.KeyOf(4)));
        Assert.False(scan.CanGoOnAfter(Numbers.KeyOf(0)));
        Assert.False(scan.CanGoOnAfter([]));
    }

    [Fact]
    public void Idle_scans_are_closed_and_the_oldest_makes_room()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var scans = new OpenScans(time, scansMax: 2);
        var streams = Enumerable.Range(0, 3).Select(_ => new Numbers(10)).ToList();
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            scans.Put((ulong)i + 1, new OpenScan(streams[i], null, []));
        }

        Assert.Equal([true, false, false], streams.Select(s => s.IsDisposed));
        Assert.Null(scans.Take(1, []));
        var second = scans.Take(2, []);
        Assert.NotNull(second);
        scans.Put(2, second);
        time.Advance(OpenScans.IdleMax + TimeSpan.FromSeconds(1));
        scans.CloseIdle();
        Assert.Equal((0, true), (scans.Count, streams.TrueForAll(s => s.IsDisposed)));
    }

    /// <summary>The numbers from 0 on, as documents.</summary>
    private sealed class Numbers(int count) : DocumentStream
    {
        private static readonly Shape OneField = Shape.Of("n");
        private int _current = -1;
        private byte[] _row = [];

        public bool IsDisposed { get; private set; }

        public override ReadOnlySpan<byte> IdKey => KeyOf(_current);

        public override DocumentVersion Version => new((ulong)_current + 1);

        public override Shape Shape => OneField;

        public override ReadOnlySpan<byte> Row => _row;

        public override ReadOnlySpan<byte> OrderKey => KeyOf(_current);

        public override QueryWork Work => default;

        public static byte[] KeyOf(long number) => IdKeys.KeyOf(new DocumentId($"{number:D6}")).ToArray();

        public override bool MoveNext()
        {
            Assert.False(IsDisposed);
            if (++_current >= count) return false;
            var row = new System.Buffers.ArrayBufferWriter<byte>();
            RowWriter.Write(Document.Of(("n", _current)), row);
            _row = row.WrittenSpan.ToArray();
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
