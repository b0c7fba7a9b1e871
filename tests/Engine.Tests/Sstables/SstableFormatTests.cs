// The smallest table, byte by byte, written by hand from the drawing in SstableFormat.cs; and files that are well
// sealed but lie: a checksum proves where bytes come from, not that they are wise.
using System.Buffers.Binary;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Engine.Sstables;
using IngoDB.Model;
using IngoDB.Tests.Cursors;

namespace IngoDB.Tests.Sstables;

public sealed class SstableFormatTests : IDisposable
{
    private static readonly TestEntry OnlyEntry =
        new(EntryKey.Of(new(5), new DocumentId("k")), 0x0102, EntryKind.Put, 0x0A0B, Shape.Of("n"), [0xEE, 0xFF]);

    private readonly TestTables _tables = new();

    [Fact]
    public void The_smallest_table_is_these_bytes()
    {
        var info = _tables.Write([OnlyEntry], new(FilterBitsPerKey: 0, Compress: false));
        string[] expected =
        [
            // rows frame at 0: checksum, 42 bytes decoded, plain, rows
            "CCCCCCCCCCCCCCCC 2A000000 00 01 0000",
            //   head: 1 entry, 6 bytes of prefix, 0 of suffix, least version, no version or shape bytes, ends of 2, expiries, shape 1
            "01000000 0600 0000 0201000000000000 00 00 02 02 01000000",
            //   prefix (collection 5, string "k"), expiry, row end, row
            "00000005 07 6B  0B0A000000000000  0200  EEFF",
            // filter frame at 58: empty
            "CCCCCCCCCCCCCCCC 00000000 00 02 0000",
            // shapes frame at 74: one shape of one name, "n"
            "CCCCCCCCCCCCCCCC 07000000 00 03 0000  01000000 01 01 6E",
            // index frame at 97: one block at 0 of 58 bytes, first row 0, first version, first key
            "CCCCCCCCCCCCCCCC 24000000 00 04 0000",
            "01000000  0000000000000000 3A000000 00000000 0201000000000000 0600  00000005 07 6B",
            // columns frame at 149: of no collection
            "CCCCCCCCCCCCCCCC 04000000 00 08 0000  00000000",
            // properties frame at 169: 1 entry, 0 deletes, 8 user bytes, versions, expiry, 1 expiring, 0 superseded, rows end at 58, keys, quantile, collection 5: 1 row
            "CCCCCCCCCCCCCCCC 74000000 00 05 0000",
            "0100000000000000 0000000000000000 0800000000000000 0201000000000000 0201000000000000 0B0A000000000000 0100000000000000 0000000000000000 3A00000000000000",
            "0600 00000005076B 0600 00000005076B  01000000 0600 00000005076B  01000000 05000000 0100000000000000",
            // footer at 301: filter, shapes, index, columns, properties; checksum, 104 bytes, version 4, magic
            "3A00000000000000 1000000000000000  4A00000000000000 1700000000000000",
            "6100000000000000 3400000000000000  9500000000000000 1400000000000000  A900000000000000 8400000000000000",
            "CCCCCCCCCCCCCCCC 68000000 04000000 494E474F5441424C",
        ];
        Assert.Equal(string.Concat(expected).Replace(" ", "", StringComparison.Ordinal), WithoutChecksums(_tables.BytesOf(info)));
    }

    [Fact]
    public void The_checksum_of_a_frame_is_this_number()
    {
        var frame = new byte[Frame.BytesMax(4)];
        Assert.Equal(20, Frame.Seal(new(7), 4096, FrameKind.Rows, [1, 2, 3, 4], compress: false, frame));
        Assert.Equal("2150E799D92523E0", Convert.ToHexString(frame.AsSpan(0, 8)));
    }

    [Fact]
    public void A_newer_format_is_refused_by_name_and_left_untouched()
    {
        var info = _tables.Write([OnlyEntry]);
        var bytes = _tables.BytesOf(info);
        var footer = new byte[SstableFormat.FooterBytes];
        bytes.AsSpan(^footer.Length..).CopyTo(footer);
        TableFooterOfVersion(SstableFormat.Version + 1, info, footer);
        footer.CopyTo(bytes.AsSpan(bytes.Length - footer.Length));
        _tables.Overwrite(info, bytes);
        var error = Assert.Throws<UnsupportedFormatException>(() => _tables.Open(info));
        Assert.Contains(info.FileName, error.Message, StringComparison.Ordinal);
        Assert.Contains($"format version {SstableFormat.Version + 1}", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, _tables.BytesOf(info));
    }

    [Fact]
    public void A_table_of_the_version_before_is_read()
    {
        var info = _tables.Write([OnlyEntry]); // of one row nothing is packed
        var bytes = _tables.BytesOf(info);
        var footer = bytes[^SstableFormat.FooterBytes..];
        TableFooterOfVersion(SstableFormat.VersionMin, info, footer);
        footer.CopyTo(bytes.AsSpan(bytes.Length - footer.Length));
        _tables.Overwrite(info, bytes);
        using var table = _tables.Open(info);
        Assert.Equal(1, table.Info.EntryCount);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(SstableFormat.RowsBytesMax + 1)]
    public void A_frame_that_claims_to_decode_to_more_than_it_can_is_refused_before_memory_is_taken(int claimed)
    {
        var frame = new byte[Frame.BytesMax(200)];
        var bytes = Frame.Seal(new(7), 0, FrameKind.Rows, new byte[200], compress: true, frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), claimed);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, System.IO.Hashing.XxHash3.HashToUInt64(frame.AsSpan(8, bytes - 8), SstableFormat.Seed(new(7), 0)));
        var error = Assert.Throws<CorruptionException>(() => Frame.Verify("f", new(7), 0, FrameKind.Rows, frame.AsSpan(0, bytes)));
        Assert.Contains("cannot decode", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_block_by_hand_is_an_index()
    {
        var bytes = Convert.FromHexString("01000000000000000000000038000000000000000201000000000000060000000005076B");
        Assert.Equal(new FrameHandle(0, 0x38), new BlockIndex("f", 0, bytes, rowsEnd: 0x38, rowCount: 1)[0]);
    }

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("01000000 0000000000000000 38000000 00000000 0201000000000000 0700 00000005076B")] // a key beyond the end
    [InlineData("01000000 0100000000000000 38000000 00000000 0201000000000000 0600 00000005076B")] // a gap before the first block
    [InlineData("01000000 0000000000000000 39000000 00000000 0201000000000000 0600 00000005076B")] // into the filter
    [InlineData("01000000 0000000000000000 38000000 01000000 0201000000000000 0600 00000005076B")] // first row is not 0
    [InlineData("00000000")] // rows without a block
    public void An_index_whose_blocks_do_not_fill_the_file_is_corruption(string hex)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Throws<CorruptionException>(() => new BlockIndex("f", 0, bytes, rowsEnd: 0x38, rowCount: 1));
    }

    [Fact]
    public void A_section_that_would_not_fit_the_file_is_refused_before_memory_is_taken()
    {
        var info = _tables.Write([OnlyEntry]);
        var bytes = _tables.BytesOf(info);
        var huge = new FrameHandle(0, SstableFormat.SectionBytesMax);
        var footer = new TableFooter(huge, new(huge.End, 16), new(huge.End + 16, 16), new(huge.End + 32, 16), new(huge.End + 48, 16));
        footer.Write(info.Id, bytes.Length - SstableFormat.FooterBytes, bytes.AsSpan(^SstableFormat.FooterBytes..));
        _tables.Overwrite(info, bytes);
        Assert.Throws<CorruptionException>(() => _tables.Open(info));
    }

    public void Dispose() => _tables.Dispose();

    // Checksums stand where the drawing says; they are proven by SstableDamageTests and pinned once above.
    private static string WithoutChecksums(byte[] table)
    {
        foreach (var at in new[] { 0, 58, 74, 97, 149, 169, table.Length - 24 }) table.AsSpan(at, 8).Fill(0xCC);
        return Convert.ToHexString(table);
    }

    private static void TableFooterOfVersion(uint version, TableInfo info, byte[] footer)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(footer.AsSpan(^12..), version);
        var hash = new System.IO.Hashing.XxHash3(SstableFormat.Seed(info.Id, info.FileBytes - footer.Length));
        hash.Append(footer.AsSpan(..^24));
        hash.Append(footer.AsSpan(^16..));
        BinaryPrimitives.WriteUInt64LittleEndian(footer.AsSpan(^24..), hash.GetCurrentHashAsUInt64());
    }
}
