// Whether an index pays. Every entry that a flush or a merge writes for it costs upkeep, every query through it saves
// something; the difference is kept as a sum that never falls below zero (a CUSUM): "regret" is what was paid
// since the index last had paid for itself. Upkeep is what was done, not what writes will lead to one day: rows in
// memory have cost an index nothing yet, and a decision between a write and its flush must not charge it for them. When regret reaches the cost of building the index again, dropping
// it is the ski-rental answer: never worse than twice the best that hindsight could have done, and no cycle of
// building and dropping costs more than the work that caused it.

namespace IngoDB.Engine.Statistics;

/// <summary>The account of one index. Thread-safe.</summary>
/// <param name="uses">So far, of an earlier process too.</param>
internal sealed class IndexCounters(long uses, double saved, double regret)
{
    private readonly Lock _lock = new();
    private long _uses = uses;
    private double _saved = saved, _regret = regret;

    public void RecordUse(double saved)
    {
        lock (_lock)
        {
            _uses++;
            _saved += Math.Max(0, saved);
            _regret = Math.Max(0, _regret - saved);
        }
    }

    public void RecordUpkeep(double cost)
    {
        lock (_lock) _regret += cost;
    }

    public (long Uses, double Saved, double Regret) Read()
    {
        lock (_lock) return (_uses, _saved, _regret);
    }
}
