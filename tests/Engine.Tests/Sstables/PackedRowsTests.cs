// Packing against the payload it was made from, for entries of all kinds and for products, and packed bytes that lie.
using System.Buffers.Binary;
using CsCheck;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class PackedRowsTests
{
    [Fact]
    public void What_is_unfolded_is_what_was_packed() => Gen.Select(TestEntries.Gen(200), Gen.ULong[0, 1UL << 50], Gen.ULong[1, 1UL << 40]).Sample((entries, from, step) =>
    {
        var sorted = TestEntries.Sorted(entries);
        if (sorted.Count == 0) return;
        var builder = new RowBlockBuilder(1 << 20);
        foreach (var entry in sorted)
            builder.Add(entry.Kind, entry.Shape.Count, new(from + entry.Version % 97 * step), new(entry.ExpiresAt), entry.Key, entry.Row);
        AssertUnfolds(builder);
    }, iter: 1000);

    [Fact]
    public void A_product_takes_three_bytes_less_and_its_ends_none()
    {
        var builder = new RowBlockBuilder(16 << 10);
        var row = new byte[100];
        // A thousand updates in each millisecond, in another order than that of the ids.
        for (var i = 0UL; !builder.IsFullFor(Uuid(i), row); i++)
            builder.Add(EntryKind.Put, 1, new((1_700_000_000_000 + i * 7919 % 1000) << DocumentVersion.CounterBits | (i * 31 % 1000)), default, Uuid(i), row);
        var (count, saved) = (builder.Count, AssertUnfolds(builder));
        Assert.True(saved >= 3 * count, $"{saved} bytes for {count} rows");
    }

    [Fact]
    public void Packed_bytes_that_lie_are_corruption_or_unfold_to_something() =>
        Gen.Select(TestEntries.Gen(60), Gen.Select(Gen.Int[0, 1 << 20], Gen.Byte).Array[1, 6]).Sample((entries, changes) =>
        {
            var sorted = TestEntries.Sorted(entries);
            if (sorted.Count == 0) return;
            var builder = new RowBlockBuilder(1 << 20);
            foreach (var entry in sorted) builder.Add(entry.Kind, 0, new(entry.Version), new(entry.ExpiresAt), entry.Key, entry.Row);
            var packed = builder.FinishPacked(out var growth);
            if (growth == 0) return;
            var payload = new byte[growth + packed.Length];
            packed.CopyTo(payload.AsSpan(growth));
            // Half of the changes where they do most: in the head.
            foreach (var (at, value) in changes) payload[growth + (at % 2 == 0 ? at / 2 % SstableFormat.RowsHeadBytes : at % packed.Length)] = value;
            try
            {
                PackedRows.Unfold(payload, growth, "f", 0);
            }
            catch (CorruptionException e)
            {
                Assert.Equal("f", e.File);
            }
        }, iter: 5000);

    /// <summary>Returns how many bytes are saved.</summary>
    private static int AssertUnfolds(RowBlockBuilder builder)
    {
        var plain = builder.Finish().ToArray();
        var packed = builder.FinishPacked(out var growth).ToArray();
        Assert.Equal(plain.Length, growth + packed.Length);
        if (growth == 0)
        {
            Assert.Equal(plain, packed);
            return 0;
        }

        var unfolded = new byte[plain.Length];
        packed.CopyTo(unfolded.AsSpan(growth));
        PackedRows.Unfold(unfolded, growth, "f", 0);
        Assert.Equal(plain, unfolded);
        return growth;
    }

    private static byte[] Uuid(ulong i)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, i);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], i * 0x517C_C1B7_2722_0A95UL);
        return EntryKey.Of(new(1), new DocumentId(new Guid(bytes, bigEndian: true)));
    }
}
