// Which hop a node takes part in. A traversal is a list of hops, each repeated min..max times, so a node stands at a
// stage: (hop, repetitions of it so far). From there it may repeat the hop, or begin the next one, or both; a hop
// with min 0 may be passed by.
//
//   hops  a{1,3} b{0,1} c        after a once:   a again | b | c (b passed by)
//
// Pure bookkeeping: which stages follow, and whether the node is a result.

using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Where a node stands: it was reached by repetition <paramref name="Repetition"/> of hop <paramref name="Hop"/>; the start has hop -1.</summary>
internal readonly record struct Stage(int Hop, int Repetition) : IComparable<Stage>
{
    public static Stage Start => new(-1, 0);

    public int CompareTo(Stage other) => Hop != other.Hop ? Hop.CompareTo(other.Hop) : Repetition.CompareTo(other.Repetition);
}

internal static class TraversalStages
{
    /// <summary>The stages that a node at <paramref name="stage"/> goes on to.</summary>
    public static IEnumerable<Stage> After(Stage stage, IReadOnlyList<Hop> hops)
    {
        if (stage.Hop >= 0 && stage.Repetition < hops[stage.Hop].Max) yield return new(stage.Hop, stage.Repetition + 1);
        if (!IsEnough(stage, hops)) yield break;
        for (var next = stage.Hop + 1; next < hops.Count; next++)
        {
            yield return new(next, 1);
            if (hops[next].Min > 0) yield break;
        }
    }

    /// <summary>The node ends the pattern: its hop is repeated enough, and nothing after it must be.</summary>
    public static bool IsResult(Stage stage, IReadOnlyList<Hop> hops)
    {
        if (!IsEnough(stage, hops)) return false;
        for (var next = stage.Hop + 1; next < hops.Count; next++)
            if (hops[next].Min > 0) return false;
        return true;
    }

    private static bool IsEnough(Stage stage, IReadOnlyList<Hop> hops) => stage.Hop < 0 || stage.Repetition >= hops[stage.Hop].Min;
}
