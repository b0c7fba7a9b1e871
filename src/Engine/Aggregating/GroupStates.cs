using System.Buffers;
using IngoDB.Model;

namespace IngoDB.Engine.Aggregating;

/// <summary>The states of all accumulators of a query, by group number. One thread at a time.</summary>
internal sealed class GroupStates
{
    private readonly AccumulatorStates[] _states;

    public GroupStates(IReadOnlyList<KeyValuePair<string, Accumulator>> compute)
        => _states = [.. compute.Select(named => AccumulatorStates.Of(named.Value.Function))];

    public AccumulatorStates this[int accumulator] => _states[accumulator];

    public long Bytes => _states.Sum(states => states.Bytes);

    public void Reserve(int groups)
    {
        foreach (var states in _states) states.Reserve(groups);
    }

    public void Merge(int group, ReadOnlySpan<byte> state)
    {
        foreach (var states in _states) states.Merge(group, ref state);
    }

    public void Append(int group, IBufferWriter<byte> target)
    {
        foreach (var states in _states) states.Append(group, target);
    }

    public Value[] Results(int group) => [.. _states.Select(states => states.Result(group))];

    public void Clear()
    {
        foreach (var states in _states) states.Clear();
    }
}
