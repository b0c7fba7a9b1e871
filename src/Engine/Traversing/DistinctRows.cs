// `distinct`: of results that are equal in all that was selected, the first is given. What was given is remembered as one key for each,
// the ordered keys of the selected fields one behind the other: they end by themselves, and are the same bytes exactly when values
// compare equal (5 and 5.0), also where the documents came from different collections or have different shapes.
//
//   select ["to", "miles"]     {to: "DFW", miles: 190}   ─►   key("DFW") | key(190)     met before? left out

using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>Selections that were given. One thread at a time.</summary>
internal sealed class DistinctRows(IReadOnlyList<FieldPath> select)
{
    private readonly KeyTable _given = new();
    private readonly ArrayBufferWriter<byte> _key = new(64);
    private readonly string[] _fields = [.. select.Select(path => path.StepSpan[0].Name!).Distinct(StringComparer.Ordinal)];

    /// <summary>Memory that it holds.</summary>
    public long Bytes => _given.Bytes;

    /// <summary>Remembers a row that holds nothing but what was selected; false when an equal one was met before.</summary>
    public bool Add(Shape shape, ReadOnlySpan<byte> row)
    {
        var reader = new RowReader(shape, row);
        _key.ResetWrittenCount();
        foreach (var field in _fields) OrderedKey.Append(reader.Field(field), _key);
        var before = _given.Count;
        return _given.Intern(_key.WrittenSpan) == before;
    }
}
