// Every plain top-level field may have a column under its own name. A field inside of documents has one when queries were seen to need it; its column's
// name is its path behind a character that no such name begins with:
//
//   category           the column "category"
//   address.city       the column "\0address.city"
//
// Elements of arrays, and whatever stands behind one, have none: filters look into arrays, codes do not.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>From paths to names of columns, and back.</summary>
internal static class ColumnName
{
    private const char Nested = '\0';

    /// <summary>The column that would tell the values at a path; null: no column can.</summary>
    public static string? Of(FieldPath path)
    {
        if (path.StartsAtElement || path.FansOut || path.IsId || path.IsVersion || path.StepSpan.IsEmpty) return null;
        if (path.StepSpan is [{ Name: { } name }]) return IsNested(name) ? null : name;
        foreach (var step in path.StepSpan)
            if (step.IsIndex) return null;
        return Nested + path.Text;
    }

    /// <summary>A field of a document in a document. (A top-level field with such a name has no column.)</summary>
    public static bool IsNested(string column) => column.StartsWith(Nested);

    public static FieldPath PathOf(string column) => IsNested(column) ? FieldPath.Parse(column[1..]) : FieldPath.OfField(column);

    /// <summary>The top-level field that it lies in; null when it names nothing.</summary>
    public static string? TopOf(string column)
        => !IsNested(column) ? column : FieldPath.TryParse(column[1..], out var path) && path.StepSpan is [{ Name: { } name }, ..] ? name : null;
}
