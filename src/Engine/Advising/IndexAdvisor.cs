// Build an index at the first run at which the work it would have saved so far would have paid for building it.
// That is ski rental: whoever buys when the rent paid equals the price never pays more than twice the best that
// hindsight could have done. The same rule the other way round drops an index: when the upkeep that no saving
// has paid back reaches the price of building it again, and of late it has cost more than it brought.
//
//   evidence  =  saved so far * trust  -  upkeep that the writes of the same time would have cost
//   price     =  cost of building * 2^(times it did not pay)
//
// Because each side waits for real work before it moves, and for twice as much after each failure, a workload that
// alternates cannot make it thrash. A shape that several indexes could serve speaks for one of them only, the one that
// saves most over all shapes; once that is built its evidence is used up (QueryStatistics), and what remains to be saved
// is counted anew against the better plan. Constants are not part of a shape, so a thousand tenants make one index.
//
// Budgets: learned indexes together take at most BytesMax, chosen by evidence for a byte; and the upkeep that the writes
// of late would cost them may be UpkeepShareMax of the collection's work. Who does not fit may replace the weakest, when
// it is worth twice as much.
//
// Pure: one engine asks it about its own statistics, CollectionGrain about the sum over all partitions.

using System.Globalization;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Statistics;

namespace IngoDB.Engine.Advising;

/// <param name="Builds">In this order.</param>
/// <param name="Refused">Paid for, but over a budget.</param>
internal sealed record IndexChoice(IReadOnlyList<IndexChoice.Build> Builds, IReadOnlyList<IndexCandidateWeight> Refused)
{
    /// <param name="InsteadOf">What goes to make room; null: nothing.</param>
    internal sealed record Build(IndexCandidateWeight Weight, string Cause, IndexStatus? InsteadOf);
}

/// <summary>Weighs which indexes a collection should have. <see cref="Learner"/> decides with it; someone else builds them.</summary>
public static class IndexAdvisor
{
    /// <summary>Below this a scan is faster than anything there is to learn.</summary>
    public const long RowsMin = 1_000;

    /// <summary>So that upkeep stays bounded whatever is asked.</summary>
    public const int IndexesMax = 16;

    private const double ReplaceFactor = 2;
    private const int EntryBytesGuess = 4;
    private const int TimesMax = 16;
    private const double CarriedBytesFactor = 2, PlainIsEnough = 0.8;

    /// <summary>Every index that is not there and that some query could have used, the best founded first.</summary>
    public static IReadOnlyList<IndexCandidateWeight> Weigh(LearningReport report, LearnerState state, QueryCosts costs, DateTimeOffset now)
        => [.. Weights(report, report.Shapes, state, costs, now).OrderByDescending(weight => weight.Evidence).ThenBy(weight => weight.Path, StringComparer.Ordinal)];

    /// <summary>Those that should be built now, in this order, with what goes to make room for them.</summary>
    internal static IndexChoice Choose(LearningReport report, LearnerState state, QueryCosts costs, DateTimeOffset now)
    {
        var (chosen, left) = (new List<IndexChoice.Build>(), new List<IndexCandidateWeight>());
        if (report.Rows < RowsMin) return new(chosen, left);
        var open = new List<QueryShapeStatistics>(report.Shapes);
        var indexes = new List<IndexStatus>(report.Indexes);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        while (indexes.Count < IndexesMax)
        {
            var paid = Weights(report, open, state, costs, now).Where(weight => weight is { IsPaid: true, WhyNot: null } && !refused.Contains(weight.Path) && indexes.TrueForAll(index => index.Path != weight.Path))
                .OrderByDescending(weight => state.Rules.BytesMax is null ? weight.Evidence : weight.Evidence / Math.Max(1, weight.Bytes)).ThenBy(weight => weight.Path, StringComparer.Ordinal).ToList();
            if (paid.Count == 0) break;
            var best = Plainer(paid[0], paid);
            var fit = Fit(best, report, indexes, state, costs);
            if (!fit.Fits)
            {
                refused.Add(best.Path);
                left.Add(best with { WhyNot = "it does not fit into the budgets, and is not worth twice as much as what is there" });
                continue;
            }

            if (fit.InsteadOf is not null) indexes.Remove(fit.InsteadOf);
            chosen.Add(new(best, BuildCause(best, open), fit.InsteadOf));
            indexes.Add(new($"/{best.Path}", report.Collection, best.Path, "", 0, 0, 0, best.Bytes, 0) { Saved = best.Evidence });
            open.RemoveAll(shape => shape.Candidates.Any(candidate => candidate.Path == IndexFields.WithoutHot(best.Path) && candidate.Saved > 0));
        }

        return new(chosen, left);
    }

    /// <summary>Indexes that no longer pay for their upkeep.</summary>
    internal static IEnumerable<(IndexStatus Index, double Price, string Cause)> Unpaid(LearningReport report, LearnerState state, QueryCosts costs)
    {
        foreach (var index in report.Indexes)
        {
            // The regret of an index is at least that of building an index over a small collection.
            var price = costs.Build(Math.Max(report.Rows, RowsMin)) * Doubled(state.MemoryOf(index.Path));
            if (index.Regret < price || state.Rules.Pins.Contains(index.Path)) continue;
            if (state.Balances.FirstOrDefault(balance => balance.Path == index.Path) is { } lately && lately.Saved >= lately.Upkeep) continue;
            yield return (index, price, string.Create(CultureInfo.InvariantCulture,
                $"{index.Uses:N0} uses saved {index.Saved:N0} row reads, but upkeep of {index.Regret:N0} since then was not paid back; building it again would cost {price:N0}"));
        }
    }

    private static IEnumerable<IndexCandidateWeight> Weights(LearningReport report, IReadOnlyList<QueryShapeStatistics> shapes, LearnerState state, QueryCosts costs, DateTimeOffset now)
    {
        var sums = new SortedDictionary<string, (string Use, long Runs, double Saved, double Cost, double Most)>(StringComparer.Ordinal);
        foreach (var shape in shapes)
            foreach (var candidate in shape.Candidates)
            {
                if (candidate.Saved <= 0 || report.Indexes.Any(index => index.Path == candidate.Path)) continue;
                var sum = sums.GetValueOrDefault(candidate.Path, (candidate.Use, 0, 0, 0, 0));
                sums[candidate.Path] = (candidate.Saved > sum.Most ? candidate.Use : sum.Use, sum.Runs + candidate.Runs, sum.Saved + candidate.Saved, sum.Cost + Math.Max(candidate.Saved, shape.RecentCost), Math.Max(sum.Most, candidate.Saved));
            }

        var executions = shapes.Sum(shape => shape.RecentExecutions);
        foreach (var (path, sum) in sums)
        {
            var writes = WritesOf(path, state);
            var promise = Math.Clamp(sum.Saved / sum.Cost, 0.05, 1);
            yield return Weigh(path, sum.Use, 1, sum.Saved, promise, sum.Runs);
            if (HotOf(report, path) is { } hot && !state.Rules.IsBanned(path + IndexFields.Hot)) yield return Weigh(path + IndexFields.Hot, "filter", hot.Share, sum.Saved * hot.HitRate, promise * hot.HitRate, sum.Runs);

            IndexCandidateWeight Weigh(string form, string use, double share, double saved, double kept, long runs)
            {
                var (memory, carried) = (state.MemoryOf(form), CarriedBy(form));
                var context = LinearBandit.Context(kept, report.Rows, writes / Math.Max(1, writes + executions), use);
                return new(form, use, runs, saved, share * UpkeepOf(writes, costs, carried), LinearBandit.Trust(state.Bandit, context), costs.Build(report.Rows, share, carried) * Doubled(memory), (long)(share * BytesOf(report) * (1 + (CarriedBytesFactor * carried))), kept, context)
                {
                    WhyNot = state.Rules.IsBanned(form) ? "banned" : memory?.RefusedUntil > now ? string.Create(CultureInfo.InvariantCulture, $"refused until {memory.RefusedUntil:u}: {memory.Why}") : null,
                };
            }
        }
    }

    /// <summary>Null unless questions come back to a stretch that is small enough for a partial index to be worth its name.</summary>
    private static HotStretch? HotOf(LearningReport report, string path)
        => report.Hot?.FirstOrDefault(hot => hot.Path == path && hot is { Runs: >= HotStretch.RunsMin, HitRate: >= HotStretch.HitRateMin, Share: <= HotStretch.ShareMax }) is { } found && report.Indexes.All(index => index.Path != path + IndexFields.Hot) ? found : null;

    private static double WritesOf(string path, LearnerState state) => state.Contenders.FirstOrDefault(contender => contender.Path == IndexFields.WithoutHot(path))?.Writes ?? 0;

    private static int CarriedBy(string path) => IndexFields.TryParse(path, out var fields) ? fields.FieldsCarried : 0;

    /// <summary>A covering index is taken for what it saves beyond the one that is not: nearly the same is not worth carrying fields for.</summary>
    private static IndexCandidateWeight Plainer(IndexCandidateWeight best, IReadOnlyList<IndexCandidateWeight> paid)
        => CarriedBy(best.Path) > 0 && paid.FirstOrDefault(weight => CarriedBy(weight.Path) == 0 && IndexFields.Parse(best.Path).BaseText == weight.Path) is { } plain && plain.Evidence >= PlainIsEnough * best.Evidence ? plain : best;

    private static (bool Fits, IndexStatus? InsteadOf) Fit(IndexCandidateWeight candidate, LearningReport report, List<IndexStatus> indexes, LearnerState state, QueryCosts costs)
    {
        if (HasRoom(indexes, candidate)) return (true, null);
        // The weakest goes when the newcomer is worth twice as much: else two that are about as good would take turns.
        var weakest = indexes.Where(index => !state.Rules.Pins.Contains(index.Path) && report.Indexes.Contains(index)).OrderBy(index => WorthOf(index, state)).FirstOrDefault();
        return weakest is not null && candidate.Evidence >= ReplaceFactor * (WorthOf(weakest, state) + candidate.Price) && HasRoom([.. indexes.Where(index => index != weakest)], candidate) ? (true, weakest) : (false, null);

        bool HasRoom(List<IndexStatus> beside, IndexCandidateWeight newcomer)
        {
            if (state.Rules.BytesMax is { } bytesMax && beside.Sum(index => index.Bytes) + newcomer.Bytes > bytesMax) return false;
            var writes = WritesOf(newcomer.Path, state);
            var work = (writes * costs.RowWritten) + report.Shapes.Sum(shape => shape.RecentCost);
            return (beside.Count * UpkeepOf(writes, costs)) + newcomer.Upkeep <= state.Rules.UpkeepShareMax * work || writes == 0;
        }
    }

    /// <summary>What an index has lately brought beyond its upkeep.</summary>
    internal static double WorthOf(IndexStatus index, LearnerState state)
        => state.Balances.FirstOrDefault(balance => balance.Path == index.Path) is { } lately ? Math.Max(0, lately.Saved - lately.Upkeep) : index.Saved;

    private static double Doubled(IndexMemory? memory) => memory is null ? 1 : Math.Pow(2, Math.Min(memory.Times, TimesMax));

    /// <summary>Each written document is indexed at its flush and at the merges after it.</summary>
    private static double UpkeepOf(double writes, QueryCosts costs, int carried = 0) => writes * (costs.RowIndexed + (costs.FieldCarried * carried)) * costs.Rewrites;

    private static long BytesOf(LearningReport report)
    {
        var (entries, bytes) = (report.Indexes.Sum(index => index.Entries), report.Indexes.Sum(index => index.Bytes));
        return entries == 0 ? report.Rows * EntryBytesGuess : (long)(report.Rows * Math.Max(0.1, (double)bytes / entries));
    }

    private static string BuildCause(IndexCandidateWeight best, List<QueryShapeStatistics> shapes)
    {
        var (shape, candidate) = (from s in shapes from c in s.Candidates where c.Path == IndexFields.WithoutHot(best.Path) orderby c.Saved descending select (s, c)).First();
        var examined = shape.DocumentsExamined / Math.Max(1, shape.Executions);
        var returned = shape.DocumentsReturned / Math.Max(1, shape.Executions);
        return string.Create(CultureInfo.InvariantCulture,
            $"{candidate.Runs:N0} runs of \"{shape.Shape}\" (on average {examined:N0} examined to return {returned:N0}): the index would have saved {best.Saved:N0} row reads, building it costs {best.Price:N0}");
    }
}
