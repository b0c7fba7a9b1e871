// What a collection looks like, without looking at it again: shapes and, per path, how many documents have it, of which types,
// from where to where, how many different values. A table never changes, so its sketch is made once and kept with it for as
// long as it lives; memtables are small and looked at when somebody asks. Sketches are summed over tables and partitions.
//
// A document that was overwritten is in two tables until they are merged, and counted twice till then: the numbers of fields are
// those of rows, shares of them are right as long as new documents look like old ones. Bounded: paths and shapes beyond the
// limits are counted as left out.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Statistics;

/// <summary>Shapes and fields of some rows of a collection. One thread while it is filled.</summary>
public sealed class CollectionSketch
{
    private const int PathsMax = 256;
    private const int ShapesMax = 256;
    private const int NestingMax = 4;

    private readonly Dictionary<string, FieldSketch> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _shapes = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _scratch = new(256);

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Rows whose shape was one too many to keep.</summary>
    public long RowsOfOtherShapes { get; private set; }

    /// <summary>Values at paths that were too many to keep, or too deep.</summary>
    public long ValuesLeftOut { get; private set; }

    public IReadOnlyDictionary<string, FieldSketch> Fields => _fields;

    /// <summary>Names of a document's fields, in their order, separated by commas; and how many rows have just these.</summary>
    public IReadOnlyDictionary<string, long> Shapes => _shapes;

    internal void Add(EntryView entry)
    {
        Rows++;
        Bytes += entry.Row.Length;
        var fields = new RowReader(entry.Shape, entry.Row).Decode();
        AddShape(string.Join(',', fields.Select(field => field.Key)), 1);
        AddFields("", fields, 1);
    }

    public void Add(CollectionSketch other)
    {
        Rows += other.Rows;
        Bytes += other.Bytes;
        RowsOfOtherShapes += other.RowsOfOtherShapes;
        ValuesLeftOut += other.ValuesLeftOut;
        foreach (var (names, rows) in other._shapes) AddShape(names, rows);
        foreach (var (path, field) in other._fields)
        {
            if (FieldAt(path) is { } mine) mine.Add(field);
            else ValuesLeftOut += field.Present;
        }
    }

    public Document ToDocument() => Document.Of(
        ("rows", Rows), ("bytes", Bytes), ("rowsOfOtherShapes", RowsOfOtherShapes), ("valuesLeftOut", ValuesLeftOut),
        ("shapes", Value.From([.. _shapes.Select(shape => Value.From(Document.Of(("names", shape.Key), ("rows", shape.Value))))])),
        ("fields", Value.From([.. _fields.Select(field => Value.From(field.Value.ToDocument(field.Key)))])));

    public static CollectionSketch From(Document document)
    {
        var sketch = new CollectionSketch
        {
            Rows = document["rows"].AsInt64(),
            Bytes = document["bytes"].AsInt64(),
            RowsOfOtherShapes = document["rowsOfOtherShapes"].AsInt64(),
            ValuesLeftOut = document["valuesLeftOut"].AsInt64(),
        };
        foreach (var shape in document["shapes"].AsArray().Span) sketch._shapes[shape.AsDocument()["names"].AsString()] = shape.AsDocument()["rows"].AsInt64();
        foreach (var field in document["fields"].AsArray().Span) sketch._fields[field.AsDocument()["path"].AsString()] = FieldSketch.From(field.AsDocument());
        return sketch;
    }

    private void AddFields(string prefix, Document fields, int nesting)
    {
        foreach (var (name, value) in fields)
        {
            var path = prefix + (name.AsSpan().ContainsAny(".[]\"$") ? $"[\"{name}\"]" : name);
            if (FieldAt(path) is { } field) field.Add(value, _scratch);
            else ValuesLeftOut++;
            if (value.Kind != ValueKind.Document) continue;
            if (nesting < NestingMax) AddFields(path + ".", value.AsDocument(), nesting + 1);
            else ValuesLeftOut++;
        }
    }

    private FieldSketch? FieldAt(string path)
    {
        if (_fields.TryGetValue(path, out var known)) return known;
        return _fields.Count >= PathsMax ? null : _fields[path] = new();
    }

    private void AddShape(string names, long rows)
    {
        if (_shapes.TryGetValue(names, out var known)) _shapes[names] = known + rows;
        else if (_shapes.Count < ShapesMax) _shapes[names] = rows;
        else RowsOfOtherShapes += rows;
    }
}
