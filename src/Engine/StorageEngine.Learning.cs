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
    /// <summary>Cheaper queries are counted, but wake the advisor only together.</summary>
    private const long WakeAdvisorDocumentsMin = 1_000;

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private long _costSinceAdvice;

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

        if (advice.Count > 0) SaveStatistics();
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

    private bool FollowAdvice() => Options.Learning == LearningMode.On && AdvanceLearning().Count > 0;

    /// <summary>
    /// Indexes and columns know tables, not memory, so every query through them scans the memtable beside. Once that has cost what a
    /// flush costs, the memtable becomes a table, with its columns and indexes, before it is full.
    /// </summary>
    private bool SealWhatIndexesMiss()
    {
        var entries = _state.Active.EntryCount;
        if (entries < WakeAdvisorDocumentsMin || !_queries.Statistics.TakeFlushPaid(entries)) return false;
        _pipeline.BetweenGroups(SealLocked);
        return true;
    }

    private void QueryEnded(QueryWork work)
    {
        if (Options.Learning != LearningMode.On) return;
        // A column scan may work for a million documents and examine ten: what counts is the work, of many small queries too.
        var cost = Interlocked.Add(ref _costSinceAdvice, (long)work.Cost);
        if (work.DocumentsExamined < WakeAdvisorDocumentsMin && cost < WakeAdvisorDocumentsMin) return;
        Interlocked.Exchange(ref _costSinceAdvice, 0);
        RequestWork();
    }

    private WatchedStream Watched(DocumentStream stream) => new(stream, QueryEnded);

    /// <summary>Tells when a stream is done, so that the advisor looks at its cost once it is known.</summary>
    private sealed class WatchedStream(DocumentStream inner, Action<QueryWork> ended) : DocumentStream
    {
        private bool _disposed;

        public override ReadOnlySpan<byte> IdKey => inner.IdKey;

        public override DocumentVersion Version => inner.Version;

        public override Shape Shape => inner.Shape;

        public override ReadOnlySpan<byte> Row => inner.Row;

        public override ReadOnlySpan<byte> OrderKey => inner.OrderKey;

        public override QueryWork Work => inner.Work;

        public override string? StoppedBy => inner.StoppedBy;

        public override bool Resume() => inner.Resume();

        public override void Replay(long given, long examined) => inner.Replay(given, examined);

        public override bool MoveNext() => inner.MoveNext();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                inner.Dispose();
                ended(inner.Work);
            }

            base.Dispose(disposing);
        }
    }
}
