// One block: by hand, against the list it was built from, and against bytes that are well sealed but lie. Entries are read
// without checks once a block is made, so what the constructor accepts must be safe to read, whatever it says.
using System.Buffers.Binary;
using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class RowBlockTests
{
    private const int ShapeCount = 300;
    private static readonly Shape[] Shapes = [.. Enumerable.Repeat(Shape.SelfDescribed, ShapeCount + 1)];

    [Fact]
    public void Two_versions_by_hand_are_a_block()
    {
        var block = Read("02000000 0500 0000 0100000000000000 01 00 02 00 00000000  0000000507  01 00  0100 0300  AA BBCC", rows: 2);
        Assert.Equal((2UL, 1UL), (block.VersionOf(0).Raw, block.VersionOf(1).Raw));
        Assert.Equal(("AA", "BBCC"), (Convert.ToHexString(block.RowOf(0)), Convert.ToHexString(block.RowOf(1))));
        Assert.Equal(1, block.Find([0, 0, 0, 5, 7], new(1)));
        Assert.Equal(-1, block.Find([0, 0, 0, 5, 7], new(0)));
    }

    [Theory]
    [InlineData("FFFFFFFF")] // no head
    [InlineData("FFFFFFFF 0500 0000 0100000000000000 00 00 02 00 00000000 0000000507 0000")] // a count beyond the bytes
    [InlineData("01000000 0500 0000 0100000000000000 09 00 02 00 00000000 0000000507 0000 000000000000000000")] // versions of nine bytes
    [InlineData("01000000 0500 0000 0100000000000000 00 03 02 00 00000000 0000000507 000000 0000")] // shape numbers of three
    [InlineData("01000000 0500 0000 0100000000000000 00 00 03 00 00000000 0000000507 000000")] // ends of three
    [InlineData("01000000 0500 0000 0100000000000000 00 00 02 04 00000000 0000000507 0000")] // a flag nobody knows
    [InlineData("02000000 0500 0000 0100000000000000 00 00 02 00 00000000 0000000507 0100 0000")] // ends that do not ascend
    [InlineData("01000000 0500 0000 0100000000000000 00 00 02 00 00000000 0000000507 0100")] // a row beyond the end
    [InlineData("01000000 0500 0000 0100000000000000 00 00 02 00 00000000 0000000507 0000 FF")] // bytes that belong to none
    [InlineData("01000000 0500 FFFF 0100000000000000 00 00 02 00 00000000 0000000507 0900 0000")] // a key beyond the end
    [InlineData("01000000 0500 0000 0100000000000000 00 00 02 00 2D010000 0000000507 0000")] // a shape that is not there
    [InlineData("01000000 0500 0000 0100000000000000 00 00 02 01 00000000 0000000507 03 0000")] // neither put nor delete
    public void Entries_that_do_not_lie_inside_their_block_are_corruption(string hex)
        => Assert.Throws<CorruptionException>(() => Read(hex, rows: 1));

    [Fact]
    public void Other_rows_than_the_index_tells_are_corruption()
        => Assert.Throws<CorruptionException>(() => Read("01000000 0500 0000 0100000000000000 00 00 02 00 00000000  0000000507  0000", rows: 2));

    [Fact]
    public void A_block_answers_like_the_list_it_was_built_from_kept_or_not() => TestEntries.Gen(200).Sample(entries =>
    {
        var sorted = TestEntries.Sorted(entries);
        if (sorted.Count == 0) return;
        var (builder, shapes) = Build(sorted);
        var payload = builder.Finish();
        Assert.Equal(builder.Bytes, payload.Length);
        foreach (var isShared in new[] { false, true })
        {
            var block = Read(payload, sorted.Count, isShared);
            for (var i = 0; i < sorted.Count; i++) Assert.Equal(sorted[i].ToString(), EntryOf(block, i, shapes).ToString());
            for (var number = 0; number < 45; number++)
            {
                var key = TestEntries.KeyOf(number);
                foreach (var upTo in new ulong[] { 0, 130, 200, 300, ulong.MaxValue })
                {
                    var expected = sorted.FindIndex(e => e.Key.AsSpan().SequenceEqual(key) && e.Version <= upTo);
                    Assert.Equal(expected, block.Find(key, new(upTo)));
                    var bound = sorted.FindIndex(e => e.Key.AsSpan().SequenceCompareTo(key) is var order && (order > 0 || (order == 0 && e.Version <= upTo)));
                    Assert.Equal(bound < 0 ? sorted.Count : bound, block.LowerBound(key, new(upTo)));
                }
            }
        }
    }, iter: 300);

    [Fact]
    public void Bytes_that_lie_are_refused_or_can_be_read_without_harm() =>
        Gen.Select(TestEntries.Gen(40), Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 6]).Sample((entries, changes) =>
        {
            var sorted = TestEntries.Sorted(entries);
            if (sorted.Count == 0) return;
            var payload = Build(sorted).Builder.Finish().ToArray();
            // Half of the changes where they do most: in the head.
            foreach (var (at, value) in changes) payload[at % 2 == 0 ? at / 2 % SstableFormat.RowsHeadBytes : at % payload.Length] = value;
            RowBlock block;
            try
            {
                block = Read(payload, sorted.Count, isShared: true);
            }
            catch (CorruptionException)
            {
                return;
            }

            var bytes = 0;
            for (var i = 0; i < block.Count; i++)
            {
                bytes += block.RowOf(i).Length + block.RowMemoryOf(i).Length;
                Assert.True(block.KeyPrefix.Length + block.KeySuffix(i).Length <= EntryKey.BytesMax);
                Assert.InRange(block.ShapeNumberOf(i), 0, ShapeCount);
                Assert.True(block.KindOf(i) is EntryKind.Put or EntryKind.Delete);
                _ = (block.VersionOf(i), block.ExpiresAtOf(i));
            }

            Assert.InRange(bytes, 0, 2 * payload.Length);
            for (var number = 0; number < 45; number++) block.Find(TestEntries.KeyOf(number), DocumentVersion.Max);
        }, iter: 3000);

    [Fact]
    public void Products_take_little_more_than_their_rows()
    {
        var builder = new RowBlockBuilder(16 << 10);
        var row = new byte[100];
        for (var i = 0UL; !builder.IsFullFor(Uuid(i), row); i++) builder.Add(EntryKind.Put, 1, new(1000 + i), default, Uuid(i), row);
        Assert.InRange(builder.Bytes, 16_250, 16_384);
        Assert.True(builder.Bytes <= builder.Count * (100 + 9 + 1 + 2) + 64, $"{builder.Bytes} bytes for {builder.Count} rows");
    }

    // Like those of UUIDv7: they ascend, and half of each is noise.
    private static byte[] Uuid(ulong i)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, i);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], i * 0x517C_C1B7_2722_0A95UL);
        return EntryKey.Of(new(1), new DocumentId(new Guid(bytes, bigEndian: true)));
    }

    private static (RowBlockBuilder Builder, List<Shape> Shapes) Build(List<TestEntry> sorted)
    {
        var builder = new RowBlockBuilder(1 << 20);
        List<Shape> shapes = [Shape.SelfDescribed];
        foreach (var entry in sorted)
        {
            if (!shapes.Contains(entry.Shape)) shapes.Add(entry.Shape);
            builder.Add(entry.Kind, shapes.IndexOf(entry.Shape), new(entry.Version), new(entry.ExpiresAt), entry.Key, entry.Row);
        }

        return (builder, shapes);
    }

    private static TestEntry EntryOf(RowBlock block, int i, List<Shape> shapes) =>
        new([.. block.KeyPrefix, .. block.KeySuffix(i)], block.VersionOf(i).Raw, block.KindOf(i), block.ExpiresAtOf(i).Raw, shapes[block.ShapeNumberOf(i)], block.RowOf(i).ToArray());

    private static RowBlock Read(string hex, int rows)
        => Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), rows, isShared: true);

    private static RowBlock Read(ReadOnlySpan<byte> payload, int rows, bool isShared)
    {
        var bytes = GC.AllocateArray<byte>(payload.Length + RowBlock.PaddingBytes + rows, pinned: true);
        payload.CopyTo(bytes);
        return new("f", 0, bytes, payload.Length, rows, Shapes, isShared);
    }
}
