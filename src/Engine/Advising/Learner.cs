// One look at a collection: from what was remembered and what is reported now to what is to be done and what is
// remembered then. Nothing else decides; one engine calls it about its own statistics, CollectionGrain about the sum over all
// partitions, a test with numbers of its own.
//
//   note       what was written and saved since the last look
//   judge      indexes on trial: keep them, or take them back and remember why
//   obey       pins are built, bans are dropped, whatever the evidence
//   fit        indexes that became larger than the budget; the one worth least goes
//   drop       what no longer pays for its upkeep
//   build      what has been paid for, under the budgets; from here it is on trial
//   prepare    what is expected to pay for itself within two hours, because it does so every day or every week
//
// With learning on `suggest` the last three lines but pins and bans are only said, once each; with `off` nothing is.

using System.Globalization;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <param name="State">To be remembered, also when there is no advice.</param>
/// <param name="Advice">To be carried out now, in this order.</param>
public sealed record LearnerStep(LearnerState State, IReadOnlyList<IndexAdvice> Advice);

/// <summary>Decides about the indexes of one collection. Pure.</summary>
public static class Learner
{
    private static readonly TimeSpan EvidenceHalfLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan BalanceHalfLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan RefusalMin = TimeSpan.FromDays(1);
    private static readonly TimeSpan RefusalMax = TimeSpan.FromDays(30);
    private const int RhythmsMax = 16;
    private static readonly TimeSpan MemoryMax = TimeSpan.FromDays(90);

    public static LearnerStep Advance(LearnerState state, LearningReport report, QueryCosts costs, DateTimeOffset now)
    {
        var look = new Look(Note(state, report, now), report, costs, now);
        if (look.State.Rules.Learning != LearningSwitch.Off) look.JudgeTrials();
        look.Obey();
        if (look.State.Rules.Learning != LearningSwitch.Off)
        {
            look.FitBudget();
            look.DropUnpaid();
            look.BuildPaid();
            look.BuildExpected();
        }

        return new(look.State, look.Advice);
    }

    /// <summary>What the world did since the last look; decides nothing.</summary>
    private static LearnerState Note(LearnerState state, LearningReport report, DateTimeOffset now)
    {
        var elapsed = state.SeenAt is { } seen && now > seen ? now - seen : TimeSpan.Zero;
        var writes = state.SeenAt is null ? 0 : report.Writes >= state.WritesSeen ? report.Writes - state.WritesSeen : report.Writes;
        var (evidence, balance) = (Math.Pow(0.5, elapsed / EvidenceHalfLife), Math.Pow(0.5, elapsed / BalanceHalfLife));
        var evidenceOf = report.Shapes.SelectMany(shape => shape.Candidates).GroupBy(candidate => candidate.Path).ToDictionary(group => group.Key, group => group.Sum(candidate => candidate.Saved), StringComparer.Ordinal);
        var paths = report.Shapes.SelectMany(shape => shape.Candidates).Where(candidate => candidate.Saved > 1 && report.Indexes.All(index => index.Path != candidate.Path))
            .Select(candidate => candidate.Path).Distinct().Order(StringComparer.Ordinal);
        return state with
        {
            SeenAt = now,
            WritesSeen = report.Writes,
            // Writes count against an index from the first query that it could have served: those before are a load that is over.
            Contenders = [.. paths.Select(path => state.Contenders.FirstOrDefault(known => known.Path == path) is { } known ? known with { Writes = (known.Writes * evidence) + writes, SavedSeen = evidenceOf[path] } : new IndexContender(path, 0, evidenceOf[path]))],
            Balances = [.. report.Indexes.Select(index => BalanceOf(index, state.Balances.FirstOrDefault(known => known.Path == index.Path), balance))],
            Rhythms = RhythmsOf(state, report, evidenceOf, now),
            Memories = [.. state.Memories.Where(memory => now - memory.At < MemoryMax)],
        };
    }

    /// <summary>What each index, or the lack of it, was worth since the last look, noted in the hour of now.</summary>
    private static IReadOnlyList<DemandRhythm> RhythmsOf(LearnerState state, LearningReport report, Dictionary<string, double> evidenceOf, DateTimeOffset now)
    {
        var hour = DemandRhythm.HourOf(now);
        var gained = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (path, saved) in evidenceOf)
            gained[path] = Math.Max(0, saved - (state.Contenders.FirstOrDefault(known => known.Path == path)?.SavedSeen ?? 0));
        foreach (var index in report.Indexes)
            gained[index.Path] = Math.Max(0, index.Saved - (state.Balances.FirstOrDefault(known => known.Path == index.Path)?.SavedSeen ?? 0));
        var known = (state.Rhythms ?? []).Select(rhythm => rhythm.Note(hour, gained.GetValueOrDefault(rhythm.Path)));
        var fresh = gained.Where(pair => pair.Value > 0 && state.RhythmOf(pair.Key) is null).Select(pair => new DemandRhythm(pair.Key, []).Note(hour, pair.Value));
        return [.. known.Concat(fresh).Where(rhythm => rhythm.Hours.Count > 0).OrderByDescending(rhythm => rhythm.Hours.Sum(demand => demand.Saved)).Take(RhythmsMax)];
    }

    private static IndexBalance BalanceOf(IndexStatus index, IndexBalance? known, double factor)
    {
        // An account that was lost (a partition that came back without its statistics) begins again.
        if (known is null || index.Saved < known.SavedSeen || index.Upkeep < known.UpkeepSeen) return new(index.Path, index.Saved, index.Upkeep, index.Saved, index.Upkeep);
        return new(index.Path, index.Saved, index.Upkeep, (known.Saved * factor) + index.Saved - known.SavedSeen, (known.Upkeep * factor) + index.Upkeep - known.UpkeepSeen);
    }

    /// <summary>One look under way.</summary>
    private sealed class Look(LearnerState state, LearningReport report, QueryCosts costs, DateTimeOffset now)
    {
        private readonly List<IndexAdvice> _advice = [];

        public LearnerState State { get; private set; } = state;

        public IReadOnlyList<IndexAdvice> Advice => _advice;

        private bool Acts => State.Rules.Learning == LearningSwitch.On;

        public void JudgeTrials()
        {
            var open = new List<IndexTrial>();
            foreach (var trial in State.Trials)
            {
                var outcome = TrialJudge.Judge(trial, report, now);
                if (outcome.Verdict == TrialJudge.Verdict.Open) open.Add(outcome.Trial);
                if (outcome.Verdict is TrialJudge.Verdict.Keep or TrialJudge.Verdict.Revert) State = State with { Bandit = LinearBandit.Learn(State.Bandit, trial.Context, outcome.Reward) };
                if (outcome.Verdict == TrialJudge.Verdict.Keep) Decide("keep", trial.Path, $"it keeps its promise of {trial.Promise:P0}", outcome.Reward, 0, outcome.Text);
                if (outcome.Verdict == TrialJudge.Verdict.Revert && !State.Rules.Pins.Contains(trial.Path)) Revert(trial, outcome);
            }

            State = State with { Trials = open };
        }

        public void Obey()
        {
            foreach (var index in report.Indexes)
                if (State.Rules.IsBanned(index.Path)) Do(new IndexAdvice.Drop(report.Collection, index.Path, "banned"), "drop", 0, 0);
            foreach (var path in State.Rules.Pins)
                if (!Exists(path)) Do(new IndexAdvice.Build(report.Collection, path, "pinned"), "build", 0, costs.Build(report.Rows));
        }

        /// <summary>How large an index is, is known when it is there. One that goes for that is refused for a day: its size will be the same.</summary>
        public void FitBudget()
        {
            if (State.Rules.BytesMax is not { } bytesMax || report.Indexes.Any(index => !index.IsReady)) return;
            var left = report.Indexes.Where(index => !IsDecided(index.Path)).ToList();
            while (left.Sum(index => index.Bytes) > bytesMax && left.Where(index => !State.Rules.Pins.Contains(index.Path)).MinBy(index => IndexAdvisor.WorthOf(index, State)) is { } weakest)
            {
                left.Remove(weakest);
                var cause = string.Create(CultureInfo.InvariantCulture, $"learned indexes take {report.Indexes.Sum(index => index.Bytes):N0} bytes of {bytesMax:N0}, and this one is worth least");
                if (!ActOrSuggest($"drop it: {cause}", weakest.Path, 0, 0)) continue;
                Do(new IndexAdvice.Drop(report.Collection, weakest.Path, cause), "drop", 0, 0);
                Remember(weakest.Path, RefusalMin, cause);
            }
        }

        public void DropUnpaid()
        {
            foreach (var (index, price, cause) in IndexAdvisor.Unpaid(report, State, costs))
            {
                // It will soon have paid back more than it owes.
                if (State.RhythmOf(index.Path)?.Expected(DemandRhythm.HourOf(now) + 1, 24) >= Math.Max(price, index.Regret)) continue;
                if (IsDecided(index.Path) || !ActOrSuggest($"drop it: {cause}", index.Path, index.Regret, price)) continue;
                Do(new IndexAdvice.Drop(report.Collection, index.Path, cause), "drop", index.Regret, price);
                Remember(index.Path, refusedFor: null, cause);
            }
        }

        public void BuildPaid()
        {
            var choice = IndexAdvisor.Choose(report, State, costs, now);
            foreach (var refused in choice.Refused)
                if (State.Decisions.LastOrDefault(decision => decision.Path == refused.Path) is not { Act: "refuse" }) Decide("refuse", refused.Path, refused.WhyNot!, refused.Evidence, refused.Price);
            foreach (var (build, cause, insteadOf) in choice.Builds)
            {
                if (IsDecided(build.Path) || !ActOrSuggest($"build it: {cause}", build.Path, build.Evidence, build.Price)) continue;
                if (insteadOf is not null && !IsDecided(insteadOf.Path)) Do(new IndexAdvice.Drop(report.Collection, insteadOf.Path, $"makes room for {build.Path}, which is worth more"), "drop", build.Evidence, build.Price);
                Do(new IndexAdvice.Build(report.Collection, build.Path, cause), "build", build.Evidence, build.Price);
                BeginTrial(build);
            }
        }

        public void BuildExpected()
        {
            var price = costs.Build(report.Rows);
            foreach (var rhythm in State.Rhythms ?? [])
            {
                if (report.Rows < IndexAdvisor.RowsMin || Exists(rhythm.Path) || IsDecided(rhythm.Path) || State.Rules.IsBanned(rhythm.Path) || State.MemoryOf(rhythm.Path)?.RefusedUntil > now) continue;
                if (report.Indexes.Count + _advice.Count >= IndexAdvisor.IndexesMax || (State.Rules.BytesMax is { } most && report.Indexes.Sum(index => index.Bytes) > most / 2)) continue;
                var expected = rhythm.Expected(DemandRhythm.HourOf(now) + 1, 2);
                if (expected < price) continue;
                var cause = string.Create(CultureInfo.InvariantCulture, $"prepared: in the next two hours it is expected to save {expected:N0} row reads, as on the days or weeks before; building it costs {price:N0}");
                if (!ActOrSuggest($"build it: {cause}", rhythm.Path, expected, price)) continue;
                Do(new IndexAdvice.Build(report.Collection, rhythm.Path, cause), "prepare", expected, price);
                if (IndexAdvisor.Weigh(report, State, costs, now).FirstOrDefault(weight => weight.Path == rhythm.Path) is { } weight) BeginTrial(weight);
            }
        }

        private void BeginTrial(IndexCandidateWeight build) => State = State with
        {
            Trials = [.. State.Trials.Where(trial => trial.Path != build.Path), new(build.Path, build.Use, now, build.Promise, build.Context, TrialJudge.Baseline(report, build.Path))],
        };

        private void Revert(IndexTrial trial, TrialJudge.Outcome outcome)
        {
            var cause = string.Create(CultureInfo.InvariantCulture, $"it promised to save {trial.Promise:P0} and did not: {outcome.Text}");
            if (!ActOrSuggest($"drop it: {cause}", trial.Path, 0, 0)) return;
            Do(new IndexAdvice.Drop(report.Collection, trial.Path, cause), "revert", 0, 0, outcome.Text);
            var times = State.MemoryOf(trial.Path)?.Times ?? 0;
            Remember(trial.Path, RefusalMin * Math.Min(Math.Pow(2, times), RefusalMax / RefusalMin), cause);
        }

        private void Remember(string path, TimeSpan? refusedFor, string why) => State = State with
        {
            Memories = [.. State.Memories.Where(memory => memory.Path != path), new(path, (State.MemoryOf(path)?.Times ?? 0) + 1, now, now + refusedFor, why)],
        };

        private bool Exists(string path) => report.Indexes.Any(index => index.Path == path);

        private bool IsDecided(string path) => _advice.Exists(advice => advice.Path == path);

        private void Do(IndexAdvice advice, string act, double evidence, double price, string? effect = null)
        {
            if (IsDecided(advice.Path)) return;
            _advice.Add(advice);
            Decide(act, advice.Path, advice.Cause, evidence, price, effect);
            if (advice is IndexAdvice.Drop) State = State with { Trials = [.. State.Trials.Where(trial => trial.Path != advice.Path)] };
        }

        /// <summary>True: act. Else it was said, once.</summary>
        private bool ActOrSuggest(string suggestion, string path, double evidence, double price)
        {
            if (Acts) return true;
            if (State.Decisions.LastOrDefault(decision => decision.Path == path) is not { Act: "suggest" }) Decide("suggest", path, suggestion, evidence, price);
            return false;
        }

        private void Decide(string act, string path, string cause, double evidence, double price, string? effect = null)
            => State = State.With(new LearningDecision(now, act, path, cause, evidence, price) { Effect = effect });
    }
}
