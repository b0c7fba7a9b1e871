// What a table knows of one collection beside its rows: where they begin (the rows of a collection are neighbours,
// since keys begin with it), a code column for most top-level fields with few or narrow values, and which rows are
// not simply a document's newest version here.
//
// A field that no document of these rows has is a column, too: constantly missing. So no column means only: look at
// the rows. That is so for arrays and documents (filters look into them), values too long or too many, and, until queries
// want them (WantedColumns), for fields in documents and those behind the first ones of very wide documents.

using System.Buffers;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>Loads columns and marks when they are first asked for.</summary>
internal interface IColumnSource
{
    /// <summary>The column at a place of the directory.</summary>
    /// <exception cref="CorruptionException">Its bytes are damaged.</exception>
    CodeColumn Load(int ordinal);

    /// <exception cref="CorruptionException">Their bytes are damaged.</exception>
    ulong[] LoadMarks();
}

/// <summary>The columns of one collection in one table. Thread-safe: what is needed is loaded once and stays while there is room.</summary>
internal sealed class TableColumns
{
    private readonly Dictionary<string, int> _ordinals;
    private readonly CodeColumn?[] _columns;
    private readonly bool _knowsAllFields;
    private readonly bool _hasMarks;
    private readonly bool[] _used;
    private readonly IColumnSource _source;
    private readonly ColumnMemory? _memory;
    private readonly Lock _loading = new();
    private ulong[]? _marks;
    private CodeColumn? _absent;

    /// <param name="fields">Fields with their place in the source; -1 when it has no column.</param>
    /// <param name="knowsAllFields">Any other field is in none of the rows.</param>
    /// <param name="memory">Says what has to go when there is too much; null: nothing.</param>
    public TableColumns(CollectionId collection, uint firstRow, int rows, bool hasExpiring, IReadOnlyDictionary<string, int> fields, bool knowsAllFields, bool hasMarks, IColumnSource source, ColumnMemory? memory = null)
    {
        (Collection, FirstRow, Rows, HasExpiring) = (collection, firstRow, rows, hasExpiring);
        (_ordinals, _knowsAllFields, _hasMarks, _source, _memory) = (new(fields, StringComparer.Ordinal), knowsAllFields, hasMarks, source, memory);
        _columns = new CodeColumn?[_ordinals.Values.DefaultIfEmpty(-1).Max() + 1];
        _used = new bool[_columns.Length];
    }

    public CollectionId Collection { get; }

    /// <summary>The table's row number of the collection's first row.</summary>
    public uint FirstRow { get; }

    /// <summary>Rows of the collection, deletes and older versions included.</summary>
    public int Rows { get; }

    /// <summary>Some row of the table expires at some time: rows must be asked whether they are still there.</summary>
    public bool HasExpiring { get; }

    /// <summary>Whether a field that is not named here is in no row.</summary>
    public bool KnowsAllFields => _knowsAllFields;

    /// <summary>Fields that are in some row, whether they have a column or not.</summary>
    public IEnumerable<string> Fields => _ordinals.Keys;

    /// <summary>
    /// Bit r % 64 of word r / 64 is set when the collection's row r is a delete, or below a newer version of its document in this
    /// table. Empty: no row is.
    /// </summary>
    /// <exception cref="CorruptionException">The bytes are damaged.</exception>
    public ReadOnlySpan<ulong> NotPlain => !_hasMarks ? [] : Volatile.Read(ref _marks) ?? LoadMarks();

    /// <summary>Whether <see cref="Find"/> would give a column; loads nothing.</summary>
    public bool Has(string field)
    {
        if (ReservedFields.Contains(field)) return false;
        if (_ordinals.TryGetValue(field, out var ordinal)) return ordinal >= 0;
        // A field in a document is in no row when what it would lie in is not.
        return _knowsAllFields && !(ColumnName.IsNested(field) && ColumnName.TopOf(field) is { } top && _ordinals.ContainsKey(top));
    }

    /// <summary>Whether the table has the column, or was to have it and its values did not allow it.</summary>
    public bool IsDecided(string field) => _ordinals.ContainsKey(field) || Has(field);

    /// <summary>The column of a top-level field (constantly missing when no row has the field); null: look at the rows.</summary>
    /// <exception cref="CorruptionException">Its bytes are damaged.</exception>
    public CodeColumn? Find(string field)
    {
        if (!Has(field)) return null;
        if (!_ordinals.TryGetValue(field, out var ordinal)) return Volatile.Read(ref _absent) is { } absent && absent.Field == field ? absent : Absent(field);
        if (Volatile.Read(ref _columns[ordinal]) is not { } loaded) return Load(ordinal);
        if (!_used[ordinal]) _used[ordinal] = true;
        return loaded;
    }

    /// <summary>Loads all columns that there is free room for; nothing else has to go.</summary>
    /// <exception cref="CorruptionException">The bytes of one are damaged.</exception>
    public void Warm(CancellationToken cancellationToken)
    {
        if (_hasMarks && Volatile.Read(ref _marks) is null) LoadMarks();
        for (var ordinal = 0; ordinal < _columns.Length && _memory is { } memory && memory.HasFree(4L * Rows); ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_ordinals.ContainsValue(ordinal) && Volatile.Read(ref _columns[ordinal]) is null) Load(ordinal);
        }
    }

    /// <summary>The table is no longer part of the newest state: its columns make room. Who still asks loads them again.</summary>
    public void Forget() => _memory?.Forget(this);

    /// <summary>Whether somebody asked for a column since this was last asked.</summary>
    internal bool TakeUsed(int ordinal)
    {
        var used = _used[ordinal];
        _used[ordinal] = false;
        return used;
    }

    internal void Drop(int ordinal) => Volatile.Write(ref _columns[ordinal], null);

    /// <summary>Columns that are in memory already.</summary>
    public static TableColumns Of(CollectionId collection, uint firstRow, int rows, IReadOnlyList<CodeColumn> columns, ulong[]? notPlain = null, bool hasExpiring = false, bool knowsAllFields = true)
    {
        var fields = columns.Select((column, ordinal) => KeyValuePair.Create(column.Field, ordinal)).ToDictionary();
        return new(collection, firstRow, rows, hasExpiring, fields, knowsAllFields, notPlain is not null, new InMemory(columns, notPlain ?? []));
    }

    private CodeColumn Absent(string field)
    {
        var missing = new ArrayBufferWriter<byte>(1);
        OrderedKey.Append(EncodedValue.Missing, missing);
        var absent = CodeColumn.Constant(field, Rows, missing.WrittenSpan);
        Volatile.Write(ref _absent, absent);
        return absent;
    }

    private CodeColumn Load(int ordinal)
    {
        lock (_loading)
        {
            if (_columns[ordinal] is { } loaded) return loaded;
            var column = _source.Load(ordinal);
            Volatile.Write(ref _columns[ordinal], column);
            _memory?.Admit(this, ordinal, column.Bytes);
            return column;
        }
    }

    private ulong[] LoadMarks()
    {
        lock (_loading)
        {
            if (_marks is { } loaded) return loaded;
            var marks = _source.LoadMarks();
            Volatile.Write(ref _marks, marks);
            return marks;
        }
    }

    private sealed class InMemory(IReadOnlyList<CodeColumn> columns, ulong[] marks) : IColumnSource
    {
        public CodeColumn Load(int ordinal) => columns[ordinal];

        public ulong[] LoadMarks() => marks;
    }
}
