// What the acts of a query cost on this machine, learned from the queries themselves. Each larger execution says how much
// work of each kind it did and how long that took; recursive least squares finds what one unit of each kind takes:
//
//   time / cost  =  sum over kinds of  theta(kind) * share of the kind in the cost         (microseconds a unit)
//
// It begins with the belief that the ratios of QueryCosts are right and only the speed of the machine is unknown: the
// prior lets all coefficients move together easily and apart only by evidence, so a thousand scans make fetches no
// cheaper or dearer beside scans. A sample that is far off (somebody else had the processor, a caller paused between two
// rows) is cut off before it is believed. What is learned may move a cost by a factor of two at most, and is published in
// steps of a tenth, so that plans do not flicker.
//
// What this does not do: tell cold blocks from warm ones. A block that had to be decoded is a kind of its own, so that
// reading from disk does not make rows look dear, but the planner does not foresee which blocks are cold.

namespace IngoDB.Engine.Statistics;

/// <summary>Work of one execution by kind, each in units of <see cref="QueryCosts"/>, that is: already multiplied by its cost.</summary>
internal readonly record struct CostShares(double Scanned, double Fetched, double Gathered, double Codes, double Entries, double Sorted, double Blocks)
{
    /// <summary>Of counts, with the costs that were given, not those that were learned: else what is learned would be learned again.</summary>
    public static CostShares Of(QueryCosts given, long scanned, long fetched, long gathered, long codes, long entries, double sorted, long blocks)
        => new(scanned * given.RowExamined, fetched * given.RowFetched, gathered * given.RowGathered, codes * given.CodeExamined, entries * given.EntryRead, sorted * given.RowSorted, blocks * CostLearner.BlockDecoded);

    public double Sum => Scanned + Fetched + Gathered + Codes + Entries + Sorted + Blocks;
}

/// <summary>What <see cref="CostLearner"/> has learned so far, as a value that is kept over a restart.</summary>
/// <param name="Microseconds">Of a unit of each kind, in the order of <see cref="CostShares"/>.</param>
/// <param name="Covariance">Row by row.</param>
/// <param name="IndexedRow">Microseconds to index a row, reading it included; 0 when none was indexed yet.</param>
internal sealed record CostLearnerState(long Samples, double[] Microseconds, double[] Covariance, double IndexedRow);

/// <summary>Recursive least squares over the kinds of work. Thread-safe; a sample that meets another is left out.</summary>
internal sealed class CostLearner
{
    /// <summary>Below this the clock says more about everything else.</summary>
    public const double CostMin = 2_000;

    /// <summary>Fewer samples change nothing.</summary>
    public const int SamplesMin = 64;

    /// <summary>A decoded block beside a scanned row, until it is known better.</summary>
    public const double BlockDecoded = 40;

    private const int Kinds = 7;
    private const double Noise = 0.3, CommonDoubt = 4, OwnDoubt = 0.03, CommonDrift = 1e-3, OwnDrift = 1e-6;
    private const double FactorMax = 2, Step = 0.1;

    private readonly Lock _lock = new();
    private readonly QueryCosts _given;
    private readonly double[] _theta = new double[Kinds];
    private readonly double[,] _doubt = new double[Kinds, Kinds];
    private readonly double[] _gain = new double[Kinds];
    private long _samples;
    private double _scale, _indexedRow;
    private volatile QueryCosts _learned;

    public CostLearner(QueryCosts given, CostLearnerState? known = null)
    {
        (_given, _learned) = (given, given);
        if (known is not { Microseconds.Length: Kinds, Covariance.Length: Kinds * Kinds, Samples: > 0 }) return;
        (_samples, _indexedRow, _scale) = (known.Samples, known.IndexedRow, Math.Max(1e-9, known.Microseconds[0]));
        known.Microseconds.CopyTo(_theta, 0);
        for (var i = 0; i < Kinds * Kinds; i++) _doubt[i / Kinds, i % Kinds] = known.Covariance[i];
        Publish();
    }

    /// <summary>The costs that were given, as far as measurements have not moved them.</summary>
    public QueryCosts Costs => _learned;

    public QueryCosts Given => _given;

    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>Of a unit of cost, that is of a scanned row; 0 before the first sample.</summary>
    public double MicrosecondsPerUnit
    {
        get
        {
            lock (_lock) return _theta[0];
        }
    }

    public CostLearnerState Read()
    {
        lock (_lock)
        {
            var doubt = new double[Kinds * Kinds];
            for (var i = 0; i < doubt.Length; i++) doubt[i] = _doubt[i / Kinds, i % Kinds];
            return new(_samples, [.. _theta], doubt, _indexedRow);
        }
    }

    public void Observe(in CostShares work, TimeSpan time)
    {
        var cost = work.Sum;
        if (cost < CostMin || time <= TimeSpan.Zero || !_lock.TryEnter()) return;
        try
        {
            Span<double> share = [work.Scanned / cost, work.Fetched / cost, work.Gathered / cost, work.Codes / cost, work.Entries / cost, work.Sorted / cost, work.Blocks / cost];
            UpdateLocked(share, time.TotalMicroseconds / cost);
            if (++_samples % 32 == 0) Publish();
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>An index was built over a table.</summary>
    public void ObserveBuild(long rows, TimeSpan time)
    {
        if (rows < CostMin || time <= TimeSpan.Zero) return;
        lock (_lock)
        {
            var row = time.TotalMicroseconds / rows;
            _indexedRow = _indexedRow == 0 ? row : _indexedRow + (0.2 * (Math.Min(row, 4 * _indexedRow) - _indexedRow));
            Publish();
        }
    }

    private void UpdateLocked(ReadOnlySpan<double> share, double target)
    {
        if (_samples == 0) BeginLocked(target);
        var (expected, spread) = (0.0, Noise * Noise * _scale * _scale);
        for (var i = 0; i < Kinds; i++)
        {
            _gain[i] = 0;
            for (var j = 0; j < Kinds; j++) _gain[i] += _doubt[i, j] * share[j];
            expected += _theta[i] * share[i];
            spread += _gain[i] * share[i];
        }

        // Huber: what is farther off than its doubt allows pulls only that far.
        var error = Math.Clamp(target - expected, -2 * Math.Sqrt(spread), 2 * Math.Sqrt(spread));
        for (var i = 0; i < Kinds; i++) _theta[i] = Math.Max(_theta[i] + (_gain[i] / spread * error), 1e-3 * _scale);
        for (var i = 0; i < Kinds; i++)
            for (var j = 0; j < Kinds; j++)
                _doubt[i, j] += -(_gain[i] * _gain[j] / spread) + (_scale * _scale * (CommonDrift + (i == j ? OwnDrift : 0)));
        _scale = _theta[0];
    }

    private void BeginLocked(double target)
    {
        _scale = target;
        for (var i = 0; i < Kinds; i++)
        {
            _theta[i] = target;
            for (var j = 0; j < Kinds; j++) _doubt[i, j] = target * target * (CommonDoubt + (i == j ? OwnDoubt : 0));
        }
    }

    private void Publish()
    {
        if (_samples < SamplesMin) return;
        var (costs, unit) = (_given, _theta[0]);
        var next = costs with
        {
            RowFetched = Moved(costs.RowFetched, _learned.RowFetched, _theta[1] / unit),
            RowGathered = Moved(costs.RowGathered, _learned.RowGathered, _theta[2] / unit),
            CodeExamined = Moved(costs.CodeExamined, _learned.CodeExamined, _theta[3] / unit),
            EntryRead = Moved(costs.EntryRead, _learned.EntryRead, _theta[4] / unit),
            RowSorted = Moved(costs.RowSorted, _learned.RowSorted, _theta[5] / unit),
            RowIndexed = _indexedRow == 0 ? _learned.RowIndexed : Moved(costs.RowIndexed, _learned.RowIndexed, Math.Max(0, (_indexedRow / unit) - costs.RowExamined) / costs.RowIndexed),
        };
        if (next != _learned) _learned = next;
    }

    private static double Moved(double given, double published, double factor)
    {
        var learned = given * Math.Clamp(factor, 1 / FactorMax, FactorMax);
        return Math.Abs(learned - published) < Step * published ? published : learned;
    }
}
