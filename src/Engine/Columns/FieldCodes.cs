// One field of one collection while its table is written: a provisional code for each row that streams by. It learns
// as it goes what the field is good for, and changes or gives up early, so that a field of a million names costs a few
// thousand rows of work and no memory:
//
//   few values      ValueCodes + 2 bytes a row         nearly every value new ─┬─ numbers ──► 8 bytes a row (FieldNumbers)
//                                                                              └─ else ─────► given up
//   an array, a document, a long value ──► given up (filters look into arrays and documents)
//
// A merge whose input has a column already looks its old code up in a table of new ones instead of the value; the table
// is filled from the rows themselves, one look for each value, so that merged and newly built columns cannot differ.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Provisional codes of one field, row after row. One thread.</summary>
internal sealed class FieldCodes(string field) : IDisposable
{
    /// <summary>So many values are looked at before a field is judged by them.</summary>
    private const int DistinctToJudge = 1 << 14;

    /// <summary>A field of which nine in ten values are new has no use for a dictionary.</summary>
    private const int NewPerTenMax = 9;

    /// <summary>Escaping may lengthen the key; what is then too long is found when the column is finished.</summary>
    private const int ValueBytesMax = ColumnFormat.KeyBytesMax - 3;

    private readonly ValueCodes _values = new();
    private readonly CodeList<ushort> _codes = new();
    private FieldNumbers? _numbers;
    private Translation?[] _translations = [];

    public string Field { get; } = field;

    public int Rows => _numbers?.Count ?? _codes.Count;

    public ValueCodes Values => _values;

    public CodeList<ushort> Codes => _codes;

    /// <summary>Instead of codes, when nearly every row has another number.</summary>
    public FieldNumbers? Numbers => _numbers;

    /// <summary>The value of the next row. False: this field has no column.</summary>
    public bool Add(EncodedValue value)
    {
        if (_numbers is not null) return _numbers.Add(value);
        if (value.Kind >= ValueKind.Array || value.Payload.Length > ValueBytesMax) return false;
        var known = _values.Count;
        var code = _values.CodeOf(value);
        if (_values.Count > known && known >= DistinctToJudge - 1 && !IsStillWorthwhile()) return TurnToNumbers() && _numbers!.Add(value);
        _codes.Add((ushort)code);
        return true;
    }

    /// <summary>The next row is one of a merge's input, and its old code there has been met before.</summary>
    public bool TryTranslate(int input, int inputRow)
    {
        var translations = _translations;
        if ((uint)input >= (uint)translations.Length || translations[input] is not { Codes.Length: > 0 } translation) return false;
        var codePlus1 = translation.Codes[translation.Column![inputRow]];
        if (codePlus1 == 0) return false;
        _codes.Add((ushort)(codePlus1 - 1));
        return true;
    }

    /// <summary>The value of the next row, one of a merge's input; its old code there (if it has any) means this value from now on.</summary>
    public bool Add(EncodedValue value, TableColumns input, int ordinal, int inputRow)
    {
        if (!Add(value)) return false;
        if (_numbers is not null) return true;
        if (ordinal >= _translations.Length) Array.Resize(ref _translations, ordinal + 1);
        var translation = _translations[ordinal] ??= new(input.Find(Field));
        if (translation.Codes.Length > 0) translation.Codes[translation.Column![inputRow]] = _values.CodeOf(value) + 1;
        return true;
    }

    /// <summary>The next row has no value that matters: any code will do.</summary>
    public void Skip()
    {
        if (_numbers is not null) _numbers.Skip();
        else _codes.Add(0);
    }

    public void Dispose()
    {
        _codes.Dispose();
        _numbers?.Dispose();
    }

    private bool IsStillWorthwhile() => _values.Count <= ColumnFormat.DictionaryKeysMax && _values.Count * 10L <= (_codes.Count + 1) * (long)NewPerTenMax;

    private bool TurnToNumbers()
    {
        _numbers = FieldNumbers.TryTurn(_values, _codes);
        _codes.Dispose();
        _translations = [];
        return _numbers is not null;
    }

    /// <summary>From the codes of an input's column to ours (+ 1, 0 not met yet); of many codes it would be larger than it is useful.</summary>
    private sealed class Translation(CodeColumn? column)
    {
        public CodeColumn? Column => column;

        public int[] Codes { get; } = column is null || column.CodeBytes > 2 ? [] : new int[column.CodeCount];
    }
}
