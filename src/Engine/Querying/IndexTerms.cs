// Finds the best way to put indexes together for one filter. The filter is a tree and so is the term:
//
//   leaf   the index that serves its constraint, the one with the fewest hits
//   or     all arguments have a term, or it has none: what one of them cannot find would be missed
//   and    the argument with the fewest rows, and every further one that costs less to read than the rows it rules out cost
//          to go to
//
// Arguments are taken to be independent: of two that let through a tenth each, a hundredth is left. Pure.

using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Terms of one request, with estimates.</summary>
internal sealed class IndexTerms(PlannerInput input)
{
    // A term is a handful of sets; beyond, reading entries is all there is left to save.
    private const int ArgsMax = 64;

    private QueryCosts Costs => input.Costs;

    /// <summary>The best term for all parts of the outermost `and`; null when no index serves any.</summary>
    /// <param name="constraints">What single parts say of fields, several on one field taken together.</param>
    public IndexTermOption? OfAll(IReadOnlyList<Filter> conjuncts, IReadOnlyList<FieldConstraint> constraints)
    {
        var options = new List<IndexTermOption>();
        foreach (var constraint in constraints)
            if (OfConstraint(constraint) is { } option) options.Add(option);
        for (var i = 0; i < conjuncts.Count; i++)
            if (conjuncts[i] is OrFilter or && !IsConstrained(constraints, i) && OfUnion(or.Args) is { } union) options.Add(union);
        return Intersect(options);
    }

    /// <summary>Why the `or`s among the parts have no term, so that explain can tell.</summary>
    public IEnumerable<string> WhyNot(IReadOnlyList<Filter> conjuncts, IReadOnlyList<FieldConstraint> constraints)
    {
        for (var i = 0; i < conjuncts.Count; i++)
        {
            if (conjuncts[i] is not OrFilter or || IsConstrained(constraints, i) || OfUnion(or.Args) is not null) continue;
            foreach (var arg in or.Args)
            {
                if (Of(arg) is not null) continue;
                var parts = FieldConstraints.Of(FieldConstraints.Conjuncts(arg));
                yield return parts.Count > 0 ? $"there is no index on {parts[0].IndexPath}" : "an argument of the `or` names no values that an index could look up";
            }
        }
    }

    private static bool IsConstrained(IReadOnlyList<FieldConstraint> constraints, int conjunct)
    {
        foreach (var constraint in constraints)
            if (constraint.Conjunct == conjunct) return true;
        return false;
    }

    private IndexTermOption? Of(Filter filter)
    {
        var conjuncts = FieldConstraints.Conjuncts(filter);
        return OfAll(conjuncts, FieldConstraints.Of(conjuncts));
    }

    private IndexTermOption? OfConstraint(FieldConstraint constraint)
    {
        IndexTermOption? best = null;
        foreach (var index in input.Indexes)
        {
            if (IndexUse.RangesOf(index.Definition.Fields, constraint) is not { } ranges) continue;
            // A partial one that has none of these keys gives nothing and leaves everything to be scanned.
            if (index.RowsWith is not null && index.RowsIndexedFor(ranges) == 0) continue;
            var hits = (double)index.EstimateEntries(ranges);
            if (best is null || hits < best.Rows) best = new(new IndexTerm.Range(index.Definition, ranges), hits, hits, ranges.Length);
        }

        return best;
    }

    private IndexTermOption? OfUnion(IReadOnlyList<Filter> args)
    {
        if (args.Count is 0 or > ArgsMax) return null;
        var (terms, rows, entries, seeks) = (new List<IndexTerm>(args.Count), 0.0, 0.0, 0);
        foreach (var arg in args)
        {
            if (Of(arg) is not { } option) return null;
            terms.Add(option.Term);
            (rows, entries, seeks) = (rows + option.Rows, entries + option.Entries, seeks + option.Seeks);
        }

        return new(terms is [var only] ? only : new IndexTerm.AnyOf(terms), Math.Min(rows, input.Rows), entries, seeks);
    }

    private IndexTermOption? Intersect(List<IndexTermOption> options)
    {
        if (options.Count == 0) return null;
        options.Sort(static (left, right) => left.Rows.CompareTo(right.Rows));
        var (terms, all) = (new List<IndexTerm> { options[0].Term }, options[0]);
        for (var i = 1; i < options.Count && terms.Count < ArgsMax; i++)
        {
            var left = all.Rows * Math.Min(1, options[i].Rows / Math.Max(1, input.Rows));
            var saved = (all.Rows - left) * Costs.RowFetched;
            if (saved <= (options[i].Entries * Costs.EntryRead) + (options[i].Seeks * Costs.Seek)) continue;
            terms.Add(options[i].Term);
            all = new(all.Term, left, all.Entries + options[i].Entries, all.Seeks + options[i].Seeks);
        }

        return terms.Count == 1 ? all : all with { Term = new IndexTerm.AllOf(terms) };
    }
}
