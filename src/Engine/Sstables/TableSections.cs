// What an open table keeps in memory: filter, shapes, fences, properties, and where its columns lie. All of it is verified here, once, and
// compared with what the manifest expects; rows are verified block by block when they are read.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Everything of a table but its rows, read and verified once, when it is opened.</summary>
internal sealed record TableSections(BloomFilter Filter, Shape[] Shapes, BlockIndex Index, ColumnDirectory[] Columns, TableInfo Info)
{
    /// <exception cref="CorruptionException">Any of it is not what was written.</exception>
    /// <exception cref="UnsupportedFormatException">Written by a newer program.</exception>
    public static TableSections Read(IFile file, TableId table, ShapeRegistry registry)
    {
        var footer = TableFooter.Read(file, table);
        var properties = Section(file, table, FrameKind.Properties, footer.Properties);
        var info = TableProperties.Read(new(file.Path, footer.Properties.Offset, properties), table, file.Length, out var rowsEnd);
        if (rowsEnd > footer.Filter.Offset) throw new CorruptionException(file.Path, footer.Properties.Offset, "the rows end behind the beginning of the filter");
        return new(
            new(file.Path, footer.Filter.Offset, Section(file, table, FrameKind.Filter, footer.Filter)),
            TableShapes.Read(new(file.Path, footer.Shapes.Offset, Section(file, table, FrameKind.Shapes, footer.Shapes)), registry),
            new(file.Path, footer.Index.Offset, Section(file, table, FrameKind.Index, footer.Index), rowsEnd, info.EntryCount),
            ColumnDirectory.Read(new(file.Path, footer.Columns.Offset, Section(file, table, FrameKind.Columns, footer.Columns)), info, rowsEnd, footer.Filter.Offset),
            info);
    }

    /// <summary>The file is whole by itself; is it also the one that the manifest means?</summary>
    public void ExpectToBe(IFile file, TableInfo expected)
    {
        var same = Info.FileBytes == expected.FileBytes && Info.EntryCount == expected.EntryCount && Info.NewestVersion == expected.NewestVersion
            && Info.FirstKey.Span.SequenceEqual(expected.FirstKey.Span) && Info.LastKey.Span.SequenceEqual(expected.LastKey.Span);
        if (!same) throw new CorruptionException(file.Path, 0, $"{Info.EntryCount} entries in {Info.FileBytes} bytes; the manifest names {expected.EntryCount} in {expected.FileBytes}");
    }

    /// <summary>The payload of a frame that is read whole and once.</summary>
    public static byte[] Section(IFile file, TableId table, FrameKind kind, FrameHandle handle)
    {
        if (handle.Bytes < SstableFormat.FrameHeadBytes || handle.End > file.Length) throw new CorruptionException(file.Path, handle.Offset, $"a {kind} section of {handle.Bytes} bytes");
        var frame = GC.AllocateUninitializedArray<byte>(handle.Bytes);
        var counters = default(ReadCounters);
        TableBlocks.ReadExactly(file, handle.Offset, frame, ref counters);
        var payload = GC.AllocateUninitializedArray<byte>(Frame.Verify(file.Path, table, handle.Offset, kind, frame));
        Frame.Decode(file.Path, handle.Offset, frame, payload);
        return payload;
    }
}
