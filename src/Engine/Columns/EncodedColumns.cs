using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>The columns of a table that was just written, read from memory before anybody opens the file.</summary>
internal sealed class EncodedColumns(CollectionColumns columns) : IColumnSource
{
    public CodeColumn Load(int ordinal)
    {
        var column = columns.Columns[ordinal];
        return column.ConstantKey is { } key ? CodeColumn.Constant(column.Field, columns.Rows, key) : new ColumnDecoder("memory", 0, column.Payload).Decode(column.Field, columns.Rows);
    }

    public ulong[] LoadMarks() => columns.Marks;

    /// <summary>The same as the table's own, but for documents that expire, of which this knows nothing.</summary>
    public static TableColumns Of(CollectionColumns columns)
    {
        var fields = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var ordinal = 0; ordinal < columns.Columns.Count; ordinal++) fields.Add(columns.Columns[ordinal].Field, ordinal);
        foreach (var field in columns.FieldsWithout) fields.Add(field, -1);
        return new(columns.Collection, columns.FirstRow, columns.Rows, hasExpiring: false, fields, columns.KnowsAllFields, columns.Marks.Length > 0, new EncodedColumns(columns));
    }
}
