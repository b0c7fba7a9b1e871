// The sums of one shape. Totals only grow; the evidence for each candidate index halves every half-life, so that
// what was asked yesterday does not build an index today, and it is used up when an index comes or goes, so that
// the same work is never charged twice.

using System.Collections.Immutable;

namespace IngoDB.Engine.Statistics;

/// <summary>Thread-safe: one short lock per execution of the same shape, no allocation.</summary>
internal sealed class ShapeCounters(ShapeDescription description, TimeProvider time, TimeSpan halfLife)
{
    private readonly Lock _lock = new();
    private readonly double[] _saved = new double[description.Candidates.Length];
    private readonly long[] _runs = new long[description.Candidates.Length];
    private long _lastTimestamp = time.GetTimestamp();
    private double _recentCost;
    private long _executions, _examined, _returned, _blocks, _bytes;
    private TimeSpan _time;
    private string _lastAccessPath = "";

    public ShapeDescription Description { get; } = description;

    /// <param name="savings">What each candidate would have saved in this execution, in the order of the description.</param>
    public void Record(in QueryMeasurement measurement, ReadOnlySpan<double> savings)
    {
        lock (_lock)
        {
            DecayLocked();
            _executions++;
            _examined += measurement.Examined;
            _returned += measurement.Returned;
            _blocks += measurement.BlocksDecoded;
            _bytes += measurement.BytesRead;
            _time += measurement.Time;
            _lastAccessPath = measurement.AccessPath;
            _recentCost += measurement.Examined + 1;
            for (var i = 0; i < savings.Length; i++)
            {
                if (savings[i] <= 0) continue;
                _saved[i] += savings[i];
                _runs[i]++;
            }
        }
    }

    /// <summary>What a shape is worth keeping for: its recent cost.</summary>
    public double Value()
    {
        lock (_lock)
        {
            DecayLocked();
            return _recentCost;
        }
    }

    /// <summary>An index on <paramref name="path"/> came or went: what this shape said about any candidate is answered.</summary>
    public void ForgetEvidence(string path)
    {
        lock (_lock)
        {
            var concerned = false;
            foreach (var candidate in Description.Candidates) concerned |= candidate.Path == path;
            if (!concerned) return;
            Array.Clear(_saved);
            Array.Clear(_runs);
        }
    }

    public QueryShapeStatistics Read()
    {
        lock (_lock)
        {
            DecayLocked();
            var candidates = ImmutableArray.CreateBuilder<IndexCandidate>(_saved.Length);
            for (var i = 0; i < _saved.Length; i++)
                candidates.Add(new(Description.Candidates[i].Path, Description.Candidates[i].Use, _runs[i], _saved[i]));
            return new(Description.Collection, Description.Text, _executions, _examined, _returned, _blocks, _bytes, _time, _lastAccessPath)
            {
                Candidates = candidates.MoveToImmutable(),
            };
        }
    }

    private void DecayLocked()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(_lastTimestamp, now);
        // Below a thousandth of the half-life nothing would change; wait until something does.
        if (elapsed < halfLife / 1000) return;
        var factor = Math.Pow(0.5, elapsed / halfLife);
        _recentCost *= factor;
        for (var i = 0; i < _saved.Length; i++) _saved[i] *= factor;
        _lastTimestamp = now;
    }
}
