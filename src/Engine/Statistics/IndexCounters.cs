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
    private IndexAccount _account = known;

    public void RecordUse(double saved)
    {
        _lock.Enter();
        _account = new(_account.Uses + 1, _account.Saved + Math.Max(0, saved), Math.Max(0, _account.Regret - saved), _account.Upkeep);
        _lock.Exit();
    }

    public void RecordUpkeep(double cost)
    {
        _lock.Enter();
        _account = _account with { Regret = _account.Regret + cost, Upkeep = _account.Upkeep + cost };
        _lock.Exit();
    }

    public IndexAccount Read()
    {
        _lock.Enter();
        var account = _account;
        _lock.Exit();
        return account;
    }
}
