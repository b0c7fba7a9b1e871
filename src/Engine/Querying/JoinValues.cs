// The values of a semi-join as a set: a document belongs to the join if it holds one of them at the field, or an
// array with one of them among its elements. Null and missing never join. Values are compared as ordered keys, so 5
// joins 5.0; a row's value is turned into its key in a buffer and looked up, one hash per row instead of one
// comparison per value.

using System.Buffers;
using System.IO.Hashing;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The values that a join looks for. Immutable after construction.</summary>
internal sealed class JoinValues
{
    private readonly byte[][] _slots;
    private readonly int _mask;
    private readonly List<KeyRange> _points = [];

    public JoinValues(IReadOnlyCollection<Value> values)
    {
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, values.Count * 2)) - 1;
        _slots = new byte[_mask + 1][];
        foreach (var value in values)
            if (value.Kind is not (ValueKind.Missing or ValueKind.Null)) Add(KeyClasses.KeyOf(value));
    }

    public int Count => _points.Count;

    /// <summary>What the join says of a field: as a value (an array may hold it, wherever arrays sort) and as an element.</summary>
    public FieldConstraint[] ConstraintsOn(FieldPath field, int conjunct)
    {
        var points = KeyRanges.Normalize(_points);
        if (field.IsId) return [new(field, false, points, "join", conjunct)];
        return [new(field, false, points.Length == 0 ? [] : KeyRanges.Normalize([.. points, KeyClasses.Arrays]), "join", conjunct), new(field, true, points, "join", conjunct)];
    }

    public bool Contains(ReadOnlySpan<byte> key)
    {
        for (var at = (int)XxHash3.HashToUInt64(key) & _mask; _slots[at] is { } held; at = (at + 1) & _mask)
            if (key.SequenceEqual(held)) return true;
        return false;
    }

    private void Add(byte[] key)
    {
        var at = (int)XxHash3.HashToUInt64(key) & _mask;
        for (; _slots[at] is { } held; at = (at + 1) & _mask)
            if (key.AsSpan().SequenceEqual(held)) return;
        _slots[at] = key;
        _points.Add(KeyRange.Point(key));
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
