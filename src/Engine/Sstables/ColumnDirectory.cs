// Which columns a table has, where their frames lie, and which fields have none: small, read when the table is opened,
// so that a question of a query ("is there a column?") is answered without reading one. SstableFormat.cs draws it.

using System.Text;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>What stands in the table for a field. On disk: never change the numbers.</summary>
internal enum ColumnForm : byte
{
    None = 0,
    Constant = 1,
    Frame = 2,
}

/// <summary>One field of a collection in a table.</summary>
internal readonly record struct ColumnPlace(string Field, ColumnForm Form, byte[] ConstantKey, FrameHandle Frame);

/// <summary>The columns of one collection in a table.</summary>
/// <param name="Marks">An empty handle: all rows are plain.</param>
internal sealed record ColumnDirectory(CollectionId Collection, uint FirstRow, int Rows, bool KnowsAllFields, FrameHandle Marks, ColumnPlace[] Fields)
{
    private const byte KnowsAllFieldsBit = 1;
    private const byte MarksBit = 2;

    /// <summary>Appends the frames of all columns to the file; returns the section that tells where they are.</summary>
    public static ReadOnlySpan<byte> Append(TableFileWriter file, IReadOnlyList<CollectionColumns> collections, bool compress)
    {
        var section = new SectionWriter();
        section.WriteCount(collections.Count);
        foreach (var columns in collections) Append(file, section, columns, compress);
        return section.Written;
    }

    /// <exception cref="CorruptionException">Not the columns of this table.</exception>
    public static ColumnDirectory[] Read(SectionReader source, TableInfo info, long framesBegin, long framesEnd)
    {
        var directories = new ColumnDirectory[source.ReadCount(itemBytesMin: 17)];
        for (var i = 0; i < directories.Length; i++) directories[i] = ReadCollection(ref source, info, ref framesBegin);
        source.ExpectEnd();
        return framesBegin == framesEnd ? directories : throw source.Damaged("the columns do not fill their part of the file");
    }

    private static void Append(TableFileWriter file, SectionWriter section, CollectionColumns columns, bool compress)
    {
        section.WriteU32(columns.Collection.Value);
        section.WriteU32(columns.FirstRow);
        section.WriteCount(columns.Rows);
        section.WriteByte((byte)((columns.KnowsAllFields ? KnowsAllFieldsBit : 0) | (columns.Marks.Length > 0 ? MarksBit : 0)));
        if (columns.Marks.Length > 0)
        {
            var marks = new SectionWriter();
            foreach (var word in columns.Marks) marks.WriteU64(word);
            section.WriteFrame(file.Append(FrameKind.Marks, marks.Written, compress));
        }

        section.WriteCount(columns.Columns.Count + columns.FieldsWithout.Count);
        foreach (var column in columns.Columns) Append(file, section, column, compress);
        foreach (var field in columns.FieldsWithout) WriteField(section, field, ColumnForm.None);
    }

    private static void Append(TableFileWriter file, SectionWriter section, EncodedColumn column, bool compress)
    {
        WriteField(section, column.Field, column.ConstantKey is null ? ColumnForm.Frame : ColumnForm.Constant);
        if (column.ConstantKey is { } key) section.WriteKey(key);
        else section.WriteFrame(file.Append(FrameKind.Column, column.Payload, compress));
    }

    private static void WriteField(SectionWriter section, string field, ColumnForm form)
    {
        var name = Encoding.UTF8.GetBytes(field);
        section.WriteU16((ushort)name.Length);
        section.Write(name);
        section.WriteByte((byte)form);
    }

    private static ColumnDirectory ReadCollection(ref SectionReader source, TableInfo info, ref long framesBegin)
    {
        var (collection, firstRow, rows, flags) = (new CollectionId(source.ReadU32()), source.ReadU32(), source.ReadU32(), source.ReadByte());
        if (!IsInTable(info, collection, firstRow, rows)) throw source.Damaged($"rows {firstRow} and {rows} more are not those of {collection}");
        if (flags > (KnowsAllFieldsBit | MarksBit)) throw source.Damaged($"flags {flags} are not known");
        var marks = (flags & MarksBit) != 0 ? ReadFrame(ref source, ref framesBegin) : default;
        var fields = new ColumnPlace[source.ReadCount(itemBytesMin: 3)];
        for (var i = 0; i < fields.Length; i++)
        {
            var name = Encoding.UTF8.GetString(source.Read(source.ReadU16()));
            var form = (ColumnForm)source.ReadByte();
            fields[i] = form switch
            {
                ColumnForm.None => new(name, form, [], default),
                ColumnForm.Constant => new(name, form, source.ReadKey().ToArray(), default),
                ColumnForm.Frame => new(name, form, [], ReadFrame(ref source, ref framesBegin)),
                _ => throw source.Damaged($"column form {(int)form} is not known"),
            };
        }

        return new(collection, firstRow, (int)rows, (flags & KnowsAllFieldsBit) != 0, marks, fields);
    }

    // Frames follow each other as the directory tells them.
    private static FrameHandle ReadFrame(ref SectionReader source, ref long framesBegin)
    {
        var (offset, bytes) = (source.ReadI64(), source.ReadU32());
        if (offset != framesBegin || bytes > SstableFormat.SectionBytesMax + SstableFormat.FrameHeadBytes) throw source.Damaged($"a column of {bytes} bytes at {offset} does not follow the one before");
        framesBegin += bytes;
        return new(offset, (int)bytes);
    }

    private static bool IsInTable(TableInfo info, CollectionId collection, uint firstRow, uint rows)
    {
        var before = 0L;
        foreach (var (known, count) in info.Collections)
        {
            if (known == collection) return firstRow == before && rows == count && rows <= int.MaxValue;
            before += count;
        }

        return false;
    }
}
