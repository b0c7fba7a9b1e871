// How far a promise can be trusted. The cost model promises what an index will save; here the promises that were made
// under like circumstances are compared with what came of them. It is the linear bandit of C2UCB ("DBA bandits", ICDE
// 2021): ridge regression of the reward on the context of an arm, and in favour of each arm a bonus for what is not known
// about it yet; the arms of one round are then chosen together under their budgets (IndexAdvisor).
//
//   reward      the share of the cost of a run that the index did save, measured; negative when it made runs dearer
//   context     1, the promise, rows (log), share of writes, and which use: filter, sort, join, or, compound
//   theta       begins as "promises are kept": weight 1 on the promise, 0 on everything else
//   trust       (theta x + alpha sqrt(x V^-1 x)) / promise, at least a tenth, at most 1
//
// The guard: trust is never above 1, and it only weighs evidence that must still reach the price by itself. So exploring
// can delay an index and never build one that the queries have not paid for: ski rental's bound of twice the optimum
// stands whatever the bandit believes. Why a linear one: docs/decisions/0080.

namespace IngoDB.Engine.Advising;

/// <summary>What the bandit knows: V and b of the ridge regression, row by row.</summary>
public sealed record BanditState(IReadOnlyList<double> V, IReadOnlyList<double> B, long Rounds)
{
    public static BanditState Empty { get; } = new([], [], 0);
}

/// <summary>C2UCB's arm values. Pure.</summary>
public static class LinearBandit
{
    public const int Dimensions = 9;

    private const double Ridge = 1, Alpha = 0.25, TrustMin = 0.1;

    /// <param name="promise">The share of the cost of a run that would be saved.</param>
    /// <param name="writeShare">Writes beside executions, between 0 and 1.</param>
    public static double[] Context(double promise, long rows, double writeShare, string use)
        => [1, promise, Math.Log10(Math.Max(1, rows)) / 9, writeShare, use == "filter" ? 1 : 0, use == "sort" ? 1 : 0, use == "join" ? 1 : 0, use == "or" ? 1 : 0, use == "compound" ? 1 : 0];

    /// <summary>By how much evidence under this context is to be multiplied.</summary>
    public static double Trust(BanditState state, IReadOnlyList<double> context)
    {
        var promise = Math.Max(context[1], 1e-3);
        var (v, b) = Begin(state);
        var theta = Solve(v, b);
        var known = Solve(v, [.. context]);
        double expected = 0, doubt = 0;
        for (var i = 0; i < Dimensions; i++)
        {
            expected += theta[i] * context[i];
            doubt += known[i] * context[i];
        }

        return Math.Clamp((expected + (Alpha * Math.Sqrt(Math.Max(0, doubt)))) / promise, TrustMin, 1);
    }

    public static BanditState Learn(BanditState state, IReadOnlyList<double> context, double reward)
    {
        var (v, b) = Begin(state);
        for (var i = 0; i < Dimensions; i++)
        {
            b[i] += reward * context[i];
            for (var j = 0; j < Dimensions; j++) v[i, j] += context[i] * context[j];
        }

        return new([.. v.Cast<double>()], b, state.Rounds + 1);
    }

    private static (double[,] V, double[] B) Begin(BanditState state)
    {
        var v = new double[Dimensions, Dimensions];
        var b = new double[Dimensions];
        for (var i = 0; i < Dimensions; i++) v[i, i] = Ridge;
        b[1] = Ridge; // so that theta begins with 1 on the promise
        if (state.V.Count != Dimensions * Dimensions || state.B.Count != Dimensions) return (v, b);
        for (var i = 0; i < Dimensions * Dimensions; i++) v[i / Dimensions, i % Dimensions] = state.V[i];
        for (var i = 0; i < Dimensions; i++) b[i] = state.B[i];
        return (v, b);
    }

    /// <summary>V x = y, by elimination: V is symmetric and positive definite.</summary>
    private static double[] Solve(double[,] v, double[] y)
    {
        var (a, x) = ((double[,])v.Clone(), (double[])y.Clone());
        for (var k = 0; k < Dimensions; k++)
            for (var i = k + 1; i < Dimensions; i++)
            {
                var factor = a[i, k] / a[k, k];
                for (var j = k; j < Dimensions; j++) a[i, j] -= factor * a[k, j];
                x[i] -= factor * x[k];
            }

        for (var i = Dimensions - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < Dimensions; j++) x[i] -= a[i, j] * x[j];
            x[i] /= a[i, i];
        }

        return x;
    }
}
