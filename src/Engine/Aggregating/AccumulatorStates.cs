// What an accumulator remembers, for many groups at once: one array by group number instead of one object a group. Adding is
// commutative and associative to the last bit, so nothing depends on who added what in which order: sums are exact, extremes are
// bytes of the total order, `first` compares ids.

using System.Buffers;
using System.Buffers.Binary;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>The states of one accumulator of a query, by group number. One thread at a time.</summary>
internal abstract class AccumulatorStates
{
    /// <summary>Memory that they take.</summary>
    public abstract long Bytes { get; }

    /// <summary>Groups 0 .. <paramref name="count"/> - 1 can be used from here on; new ones begin empty.</summary>
    public abstract void Reserve(int count);

    /// <summary>One value that is there, in a document; a count without a field is told every document.</summary>
    public abstract void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey);

    /// <summary>What another reader has seen of the group.</summary>
    public abstract void Merge(int group, ref ReadOnlySpan<byte> state);

    public abstract void Append(int group, IBufferWriter<byte> target);

    public abstract Value Result(int group);

    /// <summary>All groups are empty again.</summary>
    public abstract void Clear();

    public static AccumulatorStates Of(AccumulatorFunction function) => function switch
    {
        AccumulatorFunction.Count => new CountStates(),
        AccumulatorFunction.Sum => new SumStates(isMean: false),
        AccumulatorFunction.Avg => new SumStates(isMean: true),
        AccumulatorFunction.Min => new ExtremeStates(sign: -1),
        AccumulatorFunction.Max => new ExtremeStates(sign: 1),
        AccumulatorFunction.First => new FirstStates(),
        _ => new DistinctStates(),
    };
}

/// <summary>How many documents, or values that are there.</summary>
internal sealed class CountStates : AccumulatorStates
{
    private long[] _counts = [];

    public override long Bytes => 8L * _counts.Length;

    public override void Reserve(int count) => StateArrays.Reserve(ref _counts, count);

    public override void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey) => _counts[group]++;

    public void Add(int group, long count) => _counts[group] += count;

    /// <summary>One more for the group of each row.</summary>
    public void AddAll(ReadOnlySpan<int> groups)
    {
        var counts = _counts;
        foreach (var group in groups) counts[group]++;
    }

    /// <summary>The same, leaving out rows with one of the codes.</summary>
    public void AddAll(ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes, uint without)
    {
        for (var i = 0; i < groups.Length; i++)
            if (codes[i] != without) _counts[groups[i]]++;
    }

    public override void Merge(int group, ref ReadOnlySpan<byte> state)
    {
        _counts[group] += BinaryPrimitives.ReadInt64LittleEndian(state);
        state = state[8..];
    }

    public override void Append(int group, IBufferWriter<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(8), _counts[group]);
        target.Advance(8);
    }

    public override Value Result(int group) => _counts[group];

    public override void Clear() => Array.Clear(_counts);
}

/// <summary>Exact sums, and means made of them. What is no number is left out.</summary>
internal sealed class SumStates(bool isMean) : AccumulatorStates
{
    private const int SumBytes = 64;

    private ExactSum[] _sums = [];
    private long _extra;

    public override long Bytes => ((long)SumBytes * _sums.Length) + _extra;

    public override void Reserve(int count) => StateArrays.Reserve(ref _sums, count);

    public override void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey)
    {
        ref var sum = ref _sums[group];
        var before = sum.ExtraBytes;
        sum.Add(value);
        _extra += sum.ExtraBytes - before;
    }

    /// <summary>A number for the group of each row.</summary>
    public void AddAll(CodeNumbers numbers, ReadOnlySpan<int> groups, ReadOnlySpan<uint> codes) => numbers.AddTo(_sums, groups, codes);

    public override void Merge(int group, ref ReadOnlySpan<byte> state)
    {
        ref var sum = ref _sums[group];
        var before = sum.ExtraBytes;
        sum.Merge(ref state);
        _extra += sum.ExtraBytes - before;
    }

    public override void Append(int group, IBufferWriter<byte> target) => _sums[group].Append(target);

    public override Value Result(int group) => isMean ? _sums[group].Average() : _sums[group].Sum();

    public override void Clear()
    {
        Array.Clear(_sums);
        _extra = 0;
    }
}

/// <summary>Counts what the reader of the records has found to be distinct; the values themselves are records.</summary>
internal sealed class DistinctStates : AccumulatorStates
{
    private long[] _counts = [];

    public override long Bytes => 8L * _counts.Length;

    public override void Reserve(int count) => StateArrays.Reserve(ref _counts, count);

    public override void Add(int group, EncodedValue value, ReadOnlySpan<byte> idKey) => _counts[group]++;

    public override void Merge(int group, ref ReadOnlySpan<byte> state)
    {
    }

    public override void Append(int group, IBufferWriter<byte> target)
    {
    }

    public override Value Result(int group) => _counts[group];

    public override void Clear() => Array.Clear(_counts);
}

/// <summary>Arrays that grow by half.</summary>
internal static class StateArrays
{
    public static void Reserve<T>(ref T[] array, int count)
    {
        if (array.Length < count) Array.Resize(ref array, Math.Max(count, Math.Max(4, array.Length + (array.Length / 2))));
    }
}
