// The loop that makes the engine design itself: a query leaves its shape, work and time in the statistics; when it
// was expensive the advisor (pure) is asked; what it advises becomes an index definition with its cause; the
// background builds it, and the next query finds it. In a cluster the same statistics are only kept here, and
// CollectionGrain decides for all partitions.

using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>In rows examined. Cheaper queries are counted, but wake the advisor only together.</summary>
    private const long WakeAdvisorCostMin = 1_000;

    /// <summary>Below so many rows in memory a scan is as good as anything that a table has.</summary>
    private const long EntriesWorthATable = 1_000;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private long _costSinceAdvice;
    private int _isLookDue;

    /// <summary>Looks at every collection now and does what is decided; for tests and tools that drive the engine by hand.</summary>
    /// <returns>What was done and why; empty when the statistics give no reason to act.</returns>
    public IReadOnlyList<IndexAdvice> AdvanceLearning()
    {
        ThrowIfClosed();
        var advice = new List<IndexAdvice>();
        lock (_learning)
        {
            foreach (var report in LearningReports)
            {
                var step = Learner.Advance(LearnerOf(report.Collection), report, report.CostsOrDefault, Options.Time.GetUtcNow());
                _learners[report.Collection] = step.State;
                advice.AddRange(step.Advice);
            }

            foreach (var one in advice) CarryOut(one);
        }

        // Decisions are evidence, not data: they are written down when there is nothing better to do, and without threads now.
        if (advice.Count > 0 && Options.BackgroundWork) SaveStatisticsSoon();
        else if (advice.Count > 0) SaveStatistics();
        ExtendHot();
        return advice;
    }

    private void CarryOut(IndexAdvice advice)
    {
        if (advice is IndexAdvice.Build) DefineIndex(advice.Collection, IndexFields.Parse(advice.Path), advice.Cause);
        else DropIndex(advice.Collection, IndexFields.Parse(advice.Path), advice.Cause);
    }

    /// <summary>What this engine knows, a report a collection: for one who decides for several engines at once.</summary>
    public IReadOnlyList<LearningReport> LearningReports => EngineAdvisor.Reports(_state, _queries);

    private bool FollowAdvice() => Options.Learning == LearningMode.On && Interlocked.Exchange(ref _isLookDue, 0) == 1 && AdvanceLearning().Count > 0;

    /// <summary>Something was counted that may lead to a decision.</summary>
    private void RequestLook()
    {
        Interlocked.Exchange(ref _isLookDue, 1);
        RequestBuild();
    }

    /// <summary>
    /// Indexes and columns know tables, not memory, so every query through them scans the memtable beside. Once that has cost what a
    /// flush costs, the memtable becomes a table, with its columns and indexes, before it is full.
    /// </summary>
    private bool SealWhatIndexesMiss()
    {
        var entries = _state.Active.EntryCount;
        if (entries < EntriesWorthATable || !_queries.Statistics.TakeFlushPaid(entries)) return false;
        _pipeline.BetweenGroups(SealLocked);
        return true;
    }

    /// <summary>A query, or a hop of a walk, has cost so much: what counts is the work, of many small ones too.</summary>
    private void Spent(double cost)
    {
        if (Options.Learning != LearningMode.On || Interlocked.Add(ref _costSinceAdvice, (long)cost) < WakeAdvisorCostMin) return;
        Interlocked.Exchange(ref _costSinceAdvice, 0);
        RequestLook();
        RequestWork();
    }
}
