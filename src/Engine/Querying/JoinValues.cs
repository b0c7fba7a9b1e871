// The values of a semi-join as a set: a document belongs to the join if it holds one of them at the field, or an
// array with one of them among its elements. Null and missing never join. Values are compared as ordered keys, so 5
// joins 5.0; a row's value is turned into its key in a buffer and looked up, one hash per row instead of one
// comparison per value.
//
//   keys    one after the other in one array; where each starts and ends        slots   open addressing: number + 1, or 0

using System.Buffers;
using System.IO.Hashing;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The values that a join looks for. Immutable after construction.</summary>
internal sealed class JoinValues
{
    // A search in the keys of a column costs about as much as going past so many of them.
    private const int SearchesPerCode = 8;

    private readonly ArrayBufferWriter<byte> _keys;
    private readonly (int Start, int End)[] _places;
    private readonly int[] _slots;
    private bool _isAscending = true;

    public JoinValues(IReadOnlyCollection<Value> values)
        : this(values.Count)
    {
        foreach (var value in values)
        {
            if (value.Kind is ValueKind.Missing or ValueKind.Null) continue;
            var start = _keys.WrittenCount;
            OrderedKey.Append(value, _keys);
            Add(start);
        }
    }

    public JoinValues(JoinKeys keys)
        : this(keys.Count)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var start = _keys.WrittenCount;
            _keys.Write(keys[i]);
            Add(start);
        }
    }

    private JoinValues(int countMax)
    {
        _keys = new(Math.Max(64, countMax * 16));
        _places = new (int, int)[countMax];
        _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, countMax * 2))];
    }

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int index] => _keys.WrittenSpan[_places[index].Start.._places[index].End];

    /// <summary>What the join says of a field: as a value (an array may hold it, wherever arrays sort) and as an element.</summary>
    public FieldConstraint[] ConstraintsOn(FieldPath field, int conjunct)
    {
        var points = new Lazy<KeyRange[]>(() => KeyRanges.Normalize(Points()));
        if (field.IsId) return [new(field, false, points.Value, "join", conjunct)];
        if (Count == 0) return [new(field, false, [], "join", conjunct), new(field, true, [], "join", conjunct)];
        return [FieldConstraint.OfJoin(field, false, Count + 1, arePoints: false, () => KeyRanges.Normalize([.. points.Value, KeyClasses.Arrays]), conjunct),
            FieldConstraint.OfJoin(field, true, Count, arePoints: true, () => points.Value, conjunct)];
    }

    public bool Contains(ReadOnlySpan<byte> key) => _slots[SlotOf(key)] != 0;

    /// <summary>A bit for each code of a column that stands for one of the values.</summary>
    public ulong[] CodesOf(CodeColumn column)
    {
        var codes = new ulong[(column.CodeCount + 63) / 64];
        if (_isAscending && Count > column.CodeCount / SearchesPerCode) AddSideBySide(column, codes);
        else AddBySearch(column, codes);
        return codes;
    }

    private void AddBySearch(CodeColumn column, ulong[] codes)
    {
        for (var i = 0; i < Count; i++)
            if (column.TryFind(this[i], out var code)) codes[code >> 6] |= 1UL << (int)code;
    }

    /// <summary>Both ascend, so many values are found by going through both once.</summary>
    private void AddSideBySide(CodeColumn column, ulong[] codes)
    {
        Span<byte> key = stackalloc byte[ColumnFormat.KeyBytesMax];
        var value = 0;
        for (var code = 0u; code < column.CodeCount && value < Count; code++)
        {
            var known = key[..column.WriteKey(code, key)];
            var order = known.SequenceCompareTo(this[value]);
            while (order > 0 && ++value < Count) order = known.SequenceCompareTo(this[value]);
            if (order == 0) codes[code >> 6] |= 1UL << (int)code;
        }
    }

    private IEnumerable<KeyRange> Points()
    {
        for (var i = 0; i < Count; i++) yield return KeyRange.Point(_keys.WrittenMemory[_places[i].Start.._places[i].End]);
    }

    private int SlotOf(ReadOnlySpan<byte> key)
    {
        var mask = _slots.Length - 1;
        var slot = (int)XxHash3.HashToUInt64(key) & mask;
        while (_slots[slot] is var number and > 0 && !key.SequenceEqual(this[number - 1])) slot = (slot + 1) & mask;
        return slot;
    }

    /// <summary>The key was written behind the others. The bytes of one that is there already are left unused.</summary>
    private void Add(int start)
    {
        var slot = SlotOf(_keys.WrittenSpan[start..]);
        if (_slots[slot] != 0) return;
        if (Count > 0 && this[Count - 1].SequenceCompareTo(_keys.WrittenSpan[start..]) > 0) _isAscending = false;
        _places[Count] = (start, _keys.WrittenCount);
        _slots[slot] = ++Count;
    }
}

/// <summary>A join as a condition on rows. One thread at a time.</summary>
internal sealed class JoinNode(FieldPath field, JoinValues values) : FilterNode
{
    private readonly FieldAccess _field = new(field);
    private readonly ArrayBufferWriter<byte> _key = new(64);

    /// <summary>Some row held an array at the field: an index on it has to fan out.</summary>
    public bool SawArrays { get; private set; }

    public override bool Matches(in FilterInput input)
    {
        var value = _field.Of(input);
        if (value.Kind != ValueKind.Array) return IsOne(value);
        SawArrays = true;
        var count = value.ArrayLength;
        for (var i = 0; i < count; i++)
            if (IsOne(value.ArrayElement(i))) return true;
        return false;
    }

    private bool IsOne(EncodedValue value)
    {
        if (value.Kind is ValueKind.Missing or ValueKind.Null) return false;
        _key.ResetWrittenCount();
        OrderedKey.Append(value, _key);
        return values.Contains(_key.WrittenSpan);
    }
}
