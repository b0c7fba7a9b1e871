using System.Collections.Immutable;

namespace IngoDB.Engine.Sstables;

/// <summary>
/// Keys at equal row distances of a stream whose length is not known: every n-th key is kept; when there are too many,
/// every other one is let go and n doubles. At the end 64 to 128 are left, at exactly equal distances, and the last key.
/// </summary>
internal sealed class QuantileSampler
{
    private const int SamplesMax = 128;

    private readonly List<ReadOnlyMemory<byte>> _samples = [];
    private long _stride = 1;
    private long _row;

    public void Add(ReadOnlySpan<byte> key)
    {
        if (_row++ % _stride != 0) return;
        if (_samples.Count == SamplesMax)
        {
            for (var i = 0; i < SamplesMax / 2; i++) _samples[i] = _samples[2 * i];
            _samples.RemoveRange(SamplesMax / 2, SamplesMax / 2);
            _stride *= 2;
        }

        _samples.Add(key.ToArray());
    }

    public ImmutableArray<ReadOnlyMemory<byte>> Finish(ReadOnlyMemory<byte> lastKey)
    {
        if (_samples.Count == 0) return [];
        return (_row - 1) % _stride == 0 ? [.. _samples] : [.. _samples, lastKey];
    }
}
