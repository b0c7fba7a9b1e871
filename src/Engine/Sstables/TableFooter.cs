// The last bytes of a table: where the sections are, proven by a checksum, and the format version, whose place never
// changes. A footer whose checksum is right but whose version is unknown was written by a newer program; everything
// else that is not as it should be is corruption.

using System.Buffers.Binary;
using System.IO.Hashing;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Handles of the five sections; SstableFormat.cs draws the bytes.</summary>
internal readonly record struct TableFooter(FrameHandle Filter, FrameHandle Shapes, FrameHandle Index, FrameHandle Columns, FrameHandle Properties)
{
    public void Write(TableId table, long offset, Span<byte> target)
    {
        FrameHandle[] handles = [Filter, Shapes, Index, Columns, Properties];
        for (var i = 0; i < handles.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[(16 * i)..], handles[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(target[(16 * i + 8)..], handles[i].Bytes);
        }

        var tail = target[^SstableFormat.FooterTailBytes..];
        BinaryPrimitives.WriteUInt32LittleEndian(tail[8..], SstableFormat.FooterBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[12..], SstableFormat.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(tail[16..], SstableFormat.Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(tail, Checksum(table, offset, target));
    }

    /// <exception cref="CorruptionException">The end of the file is not a footer of this table.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static TableFooter Read(IFile file, TableId table)
    {
        Span<byte> tail = stackalloc byte[SstableFormat.FooterTailBytes];
        var tailOffset = file.Length - tail.Length;
        if (tailOffset < 0 || file.Read(tailOffset, tail) != tail.Length) throw new CorruptionException(file.Path, 0, $"{file.Length} bytes are too few for a table");
        if (BinaryPrimitives.ReadUInt64LittleEndian(tail[16..]) != SstableFormat.Magic) throw new CorruptionException(file.Path, tailOffset, "the file does not end as a table does");
        var bytes = BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]);
        if (bytes < SstableFormat.FooterTailBytes || bytes > Math.Min(file.Length, 64 << 10)) throw new CorruptionException(file.Path, tailOffset, $"a footer of {bytes} bytes");
        var offset = file.Length - bytes;
        var footer = new byte[bytes];
        if (file.Read(offset, footer) != footer.Length || BinaryPrimitives.ReadUInt64LittleEndian(tail) != Checksum(table, offset, footer)) throw new CorruptionException(file.Path, offset, "the checksum of the footer does not match");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(tail[12..]);
        if (version is < SstableFormat.VersionMin or > SstableFormat.Version) throw new UnsupportedFormatException(file.Path, (int)Math.Min(version, int.MaxValue), (int)SstableFormat.Version);
        return Parse(file, offset, footer);
    }

    private static TableFooter Parse(IFile file, long offset, ReadOnlySpan<byte> footer)
    {
        if (footer.Length != SstableFormat.FooterBytes) throw new CorruptionException(file.Path, offset, $"a footer of {footer.Length} bytes in format {SstableFormat.VersionMin} to {SstableFormat.Version}");
        var reader = new SectionReader(file.Path, offset, footer);
        var parsed = new TableFooter(ReadHandle(ref reader), ReadHandle(ref reader), ReadHandle(ref reader), ReadHandle(ref reader), ReadHandle(ref reader));
        var gapless = parsed.Filter.End == parsed.Shapes.Offset && parsed.Shapes.End == parsed.Index.Offset && parsed.Index.End == parsed.Columns.Offset
            && parsed.Columns.End == parsed.Properties.Offset && parsed.Properties.End == offset;
        return gapless ? parsed : throw reader.Damaged("the sections do not follow each other");
    }

    private static FrameHandle ReadHandle(ref SectionReader reader)
    {
        var (offset, bytes) = (reader.ReadI64(), reader.ReadI64());
        return bytes <= SstableFormat.SectionBytesMax + SstableFormat.FrameHeadBytes ? new(offset, (int)bytes) : throw reader.Damaged($"a section of {bytes} bytes");
    }

    // Of the whole footer but the checksum itself.
    private static ulong Checksum(TableId table, long offset, ReadOnlySpan<byte> footer)
    {
        var hash = new XxHash3(SstableFormat.Seed(table, offset));
        hash.Append(footer[..^SstableFormat.FooterTailBytes]);
        hash.Append(footer[^(SstableFormat.FooterTailBytes - 8)..]);
        return hash.GetCurrentHashAsUInt64();
    }
}
