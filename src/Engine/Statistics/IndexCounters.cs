// Whether an index pays. Every entry that a flush or a merge writes for it costs upkeep, every query through it saves
// something; the difference is kept as a sum that never falls below zero (a CUSUM): "regret" is what was paid
// since the index last had paid for itself. Upkeep is what was done, not what writes will lead to one day: rows in
// memory have cost an index nothing yet, and a decision between a write and its flush must not charge it for them. When regret reaches the cost of building the index again, dropping
// it is the ski-rental answer: never worse than twice the best that hindsight could have done, and no cycle of
// building and dropping costs more than the work that caused it.

namespace IngoDB.Engine.Statistics;

/// <summary>What an index has cost and brought, in <see cref="QueryCosts"/>.</summary>
/// <param name="Saved">By all uses.</param>
/// <param name="Regret">Upkeep that no saving has paid back.</param>
/// <param name="Upkeep">All that was written for it.</param>
public readonly record struct IndexAccount(long Uses, double Saved, double Regret, double Upkeep);

/// <summary>The account of one index. Thread-safe.</summary>
/// <param name="known">So far, of an earlier process too.</param>
internal sealed class IndexCounters(IndexAccount known)
{
    private BriefLock _lock;

    // Apart, since a value that is put together and then copied waits for its own parts to be written.
    private long _uses = known.Uses;
    private double _saved = known.Saved, _regret = known.Regret, _upkeep = known.Upkeep;

    public void RecordUse(double saved)
    {
        _lock.Enter();
        _uses++;
        _saved += Math.Max(0, saved);
        _regret = Math.Max(0, _regret - saved);
        _lock.Exit();
    }

    public void RecordUpkeep(double cost)
    {
        _lock.Enter();
        _regret += cost;
        _upkeep += cost;
        _lock.Exit();
    }

    public IndexAccount Read()
    {
        _lock.Enter();
        var account = new IndexAccount(_uses, _saved, _regret, _upkeep);
        _lock.Exit();
        return account;
    }
}
