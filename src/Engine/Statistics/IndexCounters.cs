// Whether an index pays. Every document written to its collection costs upkeep, every query through it saves
// something; the difference is kept as a sum that never falls below zero (a CUSUM): "regret" is what was paid
// since the index last had paid for itself. When regret reaches the cost of building the index again, dropping
// it is the ski-rental answer: never worse than twice the best that hindsight could have done, and no cycle of
// building and dropping costs more than the work that caused it.

namespace IngoDB.Engine.Statistics;

/// <summary>The account of one index. Thread-safe.</summary>
internal sealed class IndexCounters(long writesSoFar)
{
    private readonly Lock _lock = new();
    private long _writesSeen = writesSoFar;
    private long _uses;
    private double _saved, _regret;

    public void RecordUse(double saved, long writes, QueryCosts costs)
    {
        lock (_lock)
        {
            PayUpkeepLocked(writes, costs);
            _uses++;
            _saved += Math.Max(0, saved);
            _regret = Math.Max(0, _regret - saved);
        }
    }

    public (long Uses, double Saved, double Regret) Read(long writes, QueryCosts costs)
    {
        lock (_lock)
        {
            PayUpkeepLocked(writes, costs);
            return (_uses, _saved, _regret);
        }
    }

    private void PayUpkeepLocked(long writes, QueryCosts costs)
    {
        _regret += costs.Upkeep(writes - _writesSeen);
        _writesSeen = writes;
    }
}
