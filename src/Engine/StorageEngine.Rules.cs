// What people tell the advisor, and what it tells them: rules for each collection (on, suggest, off, pins, bans, budgets),
// the log of decisions, what an index that is not there would have saved, and the learned design as a file. In a cluster
// the same is kept by CollectionGrain for all partitions; here it is for an engine that decides alone.

using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private readonly Lock _learning = new();
    private readonly Dictionary<CollectionId, LearnerState> _learners = [];

    /// <summary>What people want of the learning of a collection.</summary>
    public LearningRules LearningRulesOf(CollectionId collection)
    {
        lock (_learning) return LearnerOf(collection).Rules;
    }

    /// <summary>Changes them, durably, and acts on pins and bans at once.</summary>
    /// <param name="act">For the log, e.g. <c>pin</c>; <paramref name="path"/> is empty when it is about no index.</param>
    /// <exception cref="InvalidRequestException"><c>learning.bad_rules</c>, <c>collection.not_found</c>.</exception>
    public void ChangeLearningRules(CollectionId collection, Func<LearningRules, LearningRules> change, string act = "set", string path = "", string cause = "asked for")
    {
        ThrowIfClosed();
        Known(collection);
        lock (_learning)
        {
            var state = LearnerOf(collection);
            var rules = change(state.Rules);
            rules.Check();
            _learners[collection] = (state with { Rules = rules }).With(new LearningDecision(Options.Time.GetUtcNow(), act, path, cause));
        }

        AdvanceLearning();
        SaveStatistics();
    }

    public void PinIndex(CollectionId collection, IndexFields fields) => ChangeLearningRules(collection, rules => rules.Pin(fields.Text), "pin", fields.Text);

    public void BanIndex(CollectionId collection, IndexFields fields) => ChangeLearningRules(collection, rules => rules.Ban(fields.Text), "ban", fields.Text);

    /// <summary>What was decided about a collection and why, oldest first.</summary>
    public IReadOnlyList<LearningDecision> LearningDecisions(CollectionId collection)
    {
        lock (_learning) return LearnerOf(collection).Decisions;
    }

    /// <summary>What indexes that are not there would have saved, and what they lack: the best founded first.</summary>
    public IReadOnlyList<IndexCandidateWeight> WhatIf(CollectionId collection)
    {
        Known(collection);
        lock (_learning) return IndexAdvisor.Weigh(ReportOf(collection), LearnerOf(collection), _queries.Statistics.Costs, Options.Time.GetUtcNow());
    }

    /// <summary>Everything about the learning of a collection as data: rules, indexes, patterns, candidates, decisions.</summary>
    public Document DescribeLearning(CollectionId collection)
    {
        var name = Known(collection).Name;
        lock (_learning) return LearningDocuments.Of(name, ReportOf(collection), LearnerOf(collection), Options.Time.GetUtcNow());
    }

    /// <summary>Indexes and rules of all collections, for people to review and other engines to apply.</summary>
    public LearnedDesign ExportDesign()
    {
        lock (_learning)
            return new([.. Collections.Select(collection => CollectionDesign.Of(collection.Name, LearnerOf(collection.Id).Rules, Indexes.Where(index => index.Collection == collection.Id).Select(index => new IndexDesign(index.Path, index.Cause))))]);
    }

    /// <summary>Makes collections, rules and indexes those of a design; other indexes stay unless <paramref name="exactly"/>.</summary>
    public void ApplyDesign(LearnedDesign design, bool exactly = false)
    {
        foreach (var wanted in design.Collections)
        {
            var id = Collection(wanted.Name);
            ChangeLearningRules(id, _ => wanted.Rules, "apply", cause: "a design was applied");
            foreach (var index in wanted.Indexes) DefineIndex(id, IndexFields.Parse(index.Path), index.Cause ?? "from a design");
            foreach (var index in Indexes.Where(index => exactly && index.Collection == id && wanted.Indexes.All(kept => kept.Path != index.Path)))
                DropIndex(id, IndexFields.Parse(index.Path), "not in the design");
        }
    }

    /// <summary>An engine that decides alone says in its plans what it would learn, and when or why not.</summary>
    private Document WithLearning(Document plan, CollectionId collection)
    {
        if (Options.Learning != LearningMode.On) return plan;
        lock (_learning) return plan.With("learning", LearningDocuments.ForShape(plan["shape"].AsString(), ReportOf(collection), LearnerOf(collection), Options.Time.GetUtcNow()));
    }

    private LearnerState LearnerOf(CollectionId collection) => _learners.GetValueOrDefault(collection, LearnerState.Empty);

    private LearningReport ReportOf(CollectionId collection) => LearningReports.First(report => report.Collection == collection);

    private LearnedRecord SaveLearners()
    {
        lock (_learning) return new([.. _learners.Select(pair => new LearnerRecord(pair.Key, pair.Value))]);
    }
}
