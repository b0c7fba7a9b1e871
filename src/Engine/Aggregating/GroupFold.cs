// The last reader of records: those of one group are neighbours, whoever they come from, so one group at a time is enough.
//
//   Drama 00 (16 partitions)  →  states merged       Drama 03 "Jane Fonda" (twice)  →  counted once       Horror 00  →  Drama is done
//
// A group is done when the next one begins; then `having` decides about it.

using System.IO.Hashing;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>Makes results of records. One thread at a time.</summary>
internal sealed class GroupFold(AggregateQuery query)
{
    private readonly GroupStates _states = new(query.Compute);
    private byte[] _group = [];
    private byte[] _lastDistinct = [];
    private int _length = -1, _lastLength;

    /// <summary>The ordered keys of the group that was finished last.</summary>
    public byte[] FinishedGroup { get; private set; } = [];

    /// <summary>The group that the record ends, if it ends one that `having` keeps; else null.</summary>
    public StoredDocument? Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> state)
    {
        var isOther = _length < 0 || key.Length <= _length || !key.StartsWith(_group.AsSpan(0, _length));
        var finished = isOther && _length >= 0 ? Finish() : null;
        if (isOther) Begin(key);
        if (key[_length] == GroupFormat.HeadMark) _states.Merge(0, state);
        else CountDistinct(key);
        return finished;
    }

    /// <summary>The last group. An aggregate without `by` has one always, of nothing if need be.</summary>
    public StoredDocument? Finish()
    {
        if (_length < 0 && query.By.Count > 0) return null;
        if (_length < 0) Begin([GroupFormat.HeadMark]);
        FinishedGroup = _group.AsSpan(0, _length).ToArray();
        _length = -1;
        var result = ResultOf(FinishedGroup, _states.Results(0));
        return FilterEvaluator.Matches(query.Having, result) ? result : null;
    }

    /// <summary>The id of a result: the same for the same group, wherever and whenever.</summary>
    public static DocumentId IdOf(ReadOnlySpan<byte> group)
    {
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(group, hash);
        return new(new Guid(hash, bigEndian: true));
    }

    private void Begin(ReadOnlySpan<byte> key)
    {
        _length = 0;
        for (var i = 0; i < query.By.Count; i++) _length += OrderedKey.LengthAt(key[_length..]);
        if (_group.Length < _length) _group = new byte[_length * 2];
        key[.._length].CopyTo(_group);
        _lastLength = 0;
        _states.Reserve(1);
        _states.Clear();
    }

    private void CountDistinct(ReadOnlySpan<byte> key)
    {
        if (_lastDistinct.AsSpan(0, _lastLength).SequenceEqual(key)) return;
        if (_lastDistinct.Length < key.Length) _lastDistinct = new byte[key.Length * 2];
        key.CopyTo(_lastDistinct);
        _lastLength = key.Length;
        _states[key[_length] - GroupFormat.FirstDistinctMark].Add(0, default, default);
    }

    private StoredDocument ResultOf(ReadOnlySpan<byte> group, Value[] computed)
    {
        var values = new Value[query.By.Count];
        var rest = group;
        for (var i = 0; i < values.Length; i++) values[i] = OrderedKey.Decode(ref rest);
        return new(IdOf(group), DocumentVersion.None, AggregateResult.Of(query, values, computed));
    }
}
