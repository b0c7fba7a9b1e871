using IngoDB.Engine.Columns;
using IngoDB.Engine.Files;
using IngoDB.Model;

namespace IngoDB.Engine.Sstables;

/// <summary>Reads, verifies and decodes the column frames of one collection in a table.</summary>
internal sealed class ColumnFrames(IFile file, TableId table, ColumnDirectory directory) : IColumnSource
{
    public CodeColumn Load(int ordinal)
    {
        var place = directory.Fields[ordinal];
        if (place.Form == ColumnForm.Constant) return CodeColumn.Constant(place.Field, directory.Rows, place.ConstantKey);
        return new ColumnDecoder(file.Path, place.Frame.Offset, Payload(FrameKind.Column, place.Frame)).Decode(place.Field, directory.Rows);
    }

    public ulong[] LoadMarks() => new ColumnDecoder(file.Path, directory.Marks.Offset, Payload(FrameKind.Marks, directory.Marks)).DecodeMarks(directory.Rows);

    /// <summary>The columns of a table, by collection; nothing of them is read yet.</summary>
    public static TableColumns[] Open(IFile file, TableInfo info, ColumnDirectory[] directories, ColumnMemory memory)
    {
        var columns = new TableColumns[directories.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var directory = directories[i];
            var fields = new Dictionary<string, int>(directory.Fields.Length, StringComparer.Ordinal);
            for (var ordinal = 0; ordinal < directory.Fields.Length; ordinal++)
            {
                var place = directory.Fields[ordinal];
                if (!fields.TryAdd(place.Field, place.Form == ColumnForm.None ? -1 : ordinal)) throw new CorruptionException(file.Path, 0, $"two columns of {place.Field}");
            }

            columns[i] = new(directory.Collection, directory.FirstRow, directory.Rows, info.ExpiringCount > 0, fields, directory.KnowsAllFields, directory.Marks.Bytes > 0, new ColumnFrames(file, info.Id, directory), memory);
        }

        return columns;
    }

    private ReadOnlySpan<byte> Payload(FrameKind kind, FrameHandle handle) => TableSections.Section(file, table, kind, handle);
}
