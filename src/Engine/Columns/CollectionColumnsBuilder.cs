// The columns of one collection's rows, while a table is written. Which fields a row has is known from its shape, so
// what to do with a row is decided once a shape: take this value for that field, and missing for the rest.
//
// Memory: two bytes a row and field, a field's distinct values up to 65,536 of them, eight bytes a row for fields of
// ever different numbers; about what those values take in the rows themselves, of which a table has a bounded number.

using System.Numerics;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>What is written of one collection beside its rows.</summary>
/// <param name="FieldsWithout">Fields that are in some row but have no column.</param>
/// <param name="KnowsAllFields">Any field that is named neither here nor there is in no row.</param>
/// <param name="Marks">Rows that are not plain; empty when all are.</param>
internal sealed record CollectionColumns(CollectionId Collection, uint FirstRow, int Rows, IReadOnlyList<EncodedColumn> Columns, IReadOnlyList<string> FieldsWithout, bool KnowsAllFields, ulong[] Marks);

/// <summary>Collects the columns of one collection. One thread.</summary>
/// <param name="wanted">Fields that are to have a column though they lie in documents, or far behind.</param>
internal sealed class CollectionColumnsBuilder(CollectionId collection, uint firstRow, ColumnInputs inputs, IReadOnlyList<FieldPath> wanted) : IDisposable
{
    /// <summary>Of very wide documents the first fields.</summary>
    private const int FieldsMax = 64;

    private readonly Dictionary<string, FieldCodes?> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<Shape, Step[]> _plans = [];
    private Step[] _plan = [];
    private Shape? _planned;
    private ulong[] _marks = [];
    private bool _anyMark;
    private bool _knowsAllFields = true;
    private bool _givenUp;
    private int _rows;
    private int _putRows;
    private long _rowBytes;

    /// <summary>Where a row of some shape has the value of a column.</summary>
    private readonly record struct Step(FieldCodes Field, int Ordinal, PathStep[] Inside);

    public CollectionId Collection => collection;

    public int Rows => _rows;

    /// <param name="isSuperseded">A newer version of the document went before.</param>
    public void Add(in EntryView entry, bool isSuperseded)
    {
        var isPut = entry.Kind == EntryKind.Put;
        if (!isPut || isSuperseded) Mark(_rows);
        _rowBytes += entry.Key.Length + entry.Row.Length;
        if (!_givenUp && isPut) AddPut(entry);
        else if (!_givenUp) Skip();
        _rows++;
    }

    public CollectionColumns Finish()
    {
        var columns = new List<EncodedColumn>();
        var without = new List<string>();
        foreach (var (name, field) in _fields)
        {
            if (field is not null && ColumnEncoder.Encode(field, _rowBytes) is { } column) columns.Add(column);
            else without.Add(name);
        }

        return new(collection, firstRow, _rows, columns, without, _knowsAllFields && _putRows > 0, Marks());
    }

    public void Dispose()
    {
        foreach (var field in _fields.Values) field?.Dispose();
        _fields.Clear();
    }

    private void AddPut(in EntryView entry)
    {
        if (entry.Shape.IsSelfDescribed)
        {
            GiveUp();
            return;
        }

        if (!ReferenceEquals(entry.Shape, _planned)) Plan(entry.Shape);
        _putRows++;
        var row = new FieldPlaces(entry.Row, entry.Shape.Count);
        var input = inputs.Of(entry.Origin.Input, collection);
        var inputRow = input is null ? 0 : (int)(entry.Origin.Row - input.FirstRow);
        var anyGivenUp = false;
        foreach (ref readonly var step in _plan.AsSpan())
        {
            var field = step.Field;
            if (input is not null && field.TryTranslate(entry.Origin.Input, inputRow)) continue;
            var value = row[step.Ordinal];
            if (step.Inside.Length > 0) value = value.At(step.Inside);
            if (input is null ? field.Add(value) : field.Add(value, input, entry.Origin.Input, inputRow)) continue;
            anyGivenUp = true;
            field.Dispose();
            _fields[field.Field] = null;
        }

        if (anyGivenUp) Replan();
    }

    private void Skip()
    {
        foreach (var field in _fields.Values) field?.Skip();
    }

    // A document's plan names every field there is, so that each column has one code for each row.
    private void Plan(Shape shape)
    {
        foreach (var name in shape.Names)
        {
            if (_fields.ContainsKey(name)) continue;
            Begin(name);
            foreach (var path in wanted)
                if (path.StepSpan.Length > 1 && path.StepSpan[0].Name == name && ColumnName.Of(path) is { } column && !_fields.ContainsKey(column)) Add(column);
        }

        if (!_plans.TryGetValue(shape, out var plan))
        {
            plan = [.. _fields.Values.OfType<FieldCodes>().Select(field => StepOf(field, shape))];
            _plans.Add(shape, plan);
        }

        (_planned, _plan) = (shape, plan);
    }

    private void Begin(string name)
    {
        if (ReservedFields.Contains(name) || ColumnName.IsNested(name) || (_fields.Count >= FieldsMax && !IsWanted(name))) _knowsAllFields = false;
        else Add(name);
    }

    private bool IsWanted(string name)
    {
        foreach (var path in wanted)
            if (path.StepSpan[0].Name == name) return true;
        return false;
    }

    private static Step StepOf(FieldCodes field, Shape shape)
    {
        if (!ColumnName.IsNested(field.Field)) return new(field, shape.OrdinalOf(field.Field), []);
        var steps = ColumnName.PathOf(field.Field).StepSpan;
        return new(field, shape.OrdinalOf(steps[0].Name!), steps[1..].ToArray());
    }

    /// <summary>A column more; the rows so far did not have its field.</summary>
    private void Add(string name)
    {
        var field = new FieldCodes(name);
        for (var row = 0; row < _rows; row++)
        {
            if (_putRows == 0) field.Skip();
            else field.Add(EncodedValue.Missing);
        }

        _fields.Add(name, field);
        _plans.Clear();
    }

    private void Replan()
    {
        _plans.Clear();
        Plan(_planned!); // without those that gave up
    }

    private void GiveUp()
    {
        Dispose();
        _plans.Clear();
        (_plan, _planned, _givenUp, _knowsAllFields) = ([], null, true, false);
    }

    /// <summary>One for each row, whether or not the last rows have one.</summary>
    private ulong[] Marks()
    {
        if (!_anyMark) return [];
        Array.Resize(ref _marks, (_rows + 63) / 64);
        return _marks;
    }

    private void Mark(int row)
    {
        if (row / 64 >= _marks.Length) Array.Resize(ref _marks, (int)BitOperations.RoundUpToPowerOf2((uint)(row / 64) + 16));
        _marks[row / 64] |= 1UL << (row % 64);
        _anyMark = true;
    }
}
