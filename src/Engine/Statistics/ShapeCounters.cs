// The sums of one shape. Totals only grow; what speaks for a candidate index, and what executions cost lately, halves
// every half-life, so that what was asked yesterday does not build an index today. Evidence is used up when an index
// comes or goes, so that the same work is never charged twice.

using System.Collections.Immutable;

namespace IngoDB.Engine.Statistics;

/// <summary>Thread-safe: one short lock per execution of the same shape, no allocation.</summary>
internal sealed class ShapeCounters(ShapeDescription description, TimeProvider time, TimeSpan halfLife)
{
    // One execution among many that costs eight times the mean is a rare constant, not the shape.
    private const double OutlierFactor = 8, OutlierRunsMin = 4;

    // A clock costs 27 ns, a row of a scan ten times that.
    private const double TimedCostMin = 100;
    private const int TimedRunsMin = 16, RunsPerTime = 8;

    private BriefLock _lock;

    // Below a thousandth of the half-life nothing would change; waiting until something does costs a comparison.
    private readonly long _decayAfter = (long)(halfLife.TotalSeconds / 1000 * time.TimestampFrequency);
    private readonly double[] _saved = new double[description.Candidates.Length];
    private readonly long[] _runs = new long[description.Candidates.Length];
    private long _lastTimestamp = time.GetTimestamp();
    private double _cost, _judged, _recentCost, _recentExecutions;
    private long _executions, _examined, _returned, _matched, _fetched, _blocks, _bytes, _lastUsedTimestamp;
    private TimeSpan _time;
    private TimeHistogram _times;
    private string _lastAccessPath = "";

    public ShapeDescription Description { get; } = description;

    /// <summary>Of the shape.</summary>
    public ulong Hash { get; init; }

    /// <summary>
    /// How many executions the time of the next one is to stand for. Those that cost something, and the first ones, stand for themselves; of those
    /// for which looking at a clock would be a good part of all that is recorded, one stands for eight and the others (0) are not timed.
    /// </summary>
    public int TimeWeight(double cost)
    {
        var executions = Volatile.Read(ref _executions);
        if (cost >= TimedCostMin || executions < TimedRunsMin) return 1;
        return executions % RunsPerTime == 0 ? RunsPerTime : 0;
    }

    /// <param name="savings">What each candidate would have saved in this execution, in the order of the description.</param>
    public void Record(in QueryMeasurement measurement, ReadOnlySpan<double> savings)
    {
        var now = measurement.Timestamp ?? time.GetTimestamp();
        _lock.Enter();
        try
        {
            DecayLocked(now);
            _lastUsedTimestamp = now;
            _executions++;
            _examined += measurement.Examined;
            _returned += measurement.Returned;
            _matched += measurement.Matched;
            _fetched += measurement.Fetched;
            _blocks += measurement.BlocksDecoded;
            _bytes += measurement.BytesRead;
            if (measurement.TimeWeight > 0)
            {
                _time += new TimeSpan(measurement.Time.Ticks * measurement.TimeWeight);
                _times.Add(measurement.Time, measurement.TimeWeight);
            }

            if (!ReferenceEquals(_lastAccessPath, measurement.AccessPath)) _lastAccessPath = measurement.AccessPath;
            _judged += WithoutOutlierLocked(measurement.Judged);
            _cost += measurement.Cost;
            _recentCost += measurement.Cost;
            _recentExecutions++;
            for (var i = 0; i < savings.Length; i++)
            {
                if (savings[i] <= 0) continue;
                _saved[i] += savings[i];
                _runs[i]++;
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>What a shape is worth keeping for: its recent cost, and that it was asked at all.</summary>
    public double Value()
    {
        _lock.Enter();
        try
        {
            DecayLocked(time.GetTimestamp());
            return _recentCost + _recentExecutions;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>An index on <paramref name="path"/> came or went: what this shape said about any candidate is answered.</summary>
    public void ForgetEvidence(string path)
    {
        _lock.Enter();
        try
        {
            var concerned = false;
            foreach (var candidate in Description.Candidates) concerned |= candidate.Path == path;
            if (!concerned) return;
            Array.Clear(_saved);
            Array.Clear(_runs);
        }
        finally
        {
            _lock.Exit();
        }
    }

    public QueryShapeStatistics Read()
    {
        _lock.Enter();
        try
        {
            var now = time.GetTimestamp();
            DecayLocked(now);
            var candidates = ImmutableArray.CreateBuilder<IndexCandidate>(_saved.Length);
            for (var i = 0; i < _saved.Length; i++)
                candidates.Add(new(Description.Candidates[i].Path, Description.Candidates[i].Use, _runs[i], _saved[i]));
            return new(Description.Collection, Description.Text, _executions, _examined, _returned, _blocks, _bytes, _time, _lastAccessPath)
            {
                Matched = _matched,
                Fetched = _fetched,
                Cost = _cost,
                Judged = _judged,
                RecentCost = _recentCost,
                RecentExecutions = _recentExecutions,
                LastUsed = _lastUsedTimestamp == 0 ? null : time.GetUtcNow() - time.GetElapsedTime(_lastUsedTimestamp, now),
                Times = _times.Read(),
                Candidates = candidates.MoveToImmutable(),
            };
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Takes on what an earlier process counted, as old as it is by now. For counters that nobody uses yet.</summary>
    public void Restore(QueryShapeStatistics known, TimeSpan age)
    {
        _lock.Enter();
        try
        {
            var factor = Math.Pow(0.5, age / halfLife);
            (_executions, _examined, _returned, _matched, _fetched) = (known.Executions, known.DocumentsExamined, known.DocumentsReturned, known.Matched, known.Fetched);
            (_blocks, _bytes, _time, _lastAccessPath, _cost) = (known.BlocksDecoded, known.BytesRead, known.Time, known.LastAccessPath, known.Cost);
            _judged = known.Judged;
            (_recentCost, _recentExecutions) = (known.RecentCost * factor, known.RecentExecutions * factor);
            if (!known.Times.IsDefault) _times.Restore(known.Times.AsSpan());
            if (known.LastUsed is { } used) _lastUsedTimestamp = Math.Max(1, time.GetTimestamp() - (long)((time.GetUtcNow() - used).TotalSeconds * time.TimestampFrequency));
            for (var i = 0; i < _saved.Length && i < known.Candidates.Length; i++)
                (_saved[i], _runs[i]) = (known.Candidates[i].Saved * factor, known.Candidates[i].Runs);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private double WithoutOutlierLocked(double judged)
    {
        // The mean so far, which is divided out only when this may be far above it.
        var before = _executions - 1;
        if (before < OutlierRunsMin || judged * before <= OutlierFactor * Math.Max(before, _judged)) return judged;
        return OutlierFactor * Math.Max(1, _judged / before);
    }

    private void DecayLocked(long now)
    {
        if (now - _lastTimestamp < _decayAfter) return;
        var factor = Math.Pow(0.5, time.GetElapsedTime(_lastTimestamp, now) / halfLife);
        _recentCost *= factor;
        _recentExecutions *= factor;
        for (var i = 0; i < _saved.Length; i++) _saved[i] *= factor;
        _lastTimestamp = now;
    }
}
