// Which hop a document takes part in. A traversal is a list of hops, each repeated min..max times, so a walk stands at a
// stage: (hop, repetitions of it so far). From there it may repeat the hop, or begin the next one, or both; a hop with
// min 0 may be passed by. A path search goes round: after the last hop comes the first again, and standing at the end of
// a round is the same as standing at the start.
//
//   hops  a{1,3} b{0,1} c        after a once:   a again | b | c (b passed by)
//
// All stages are numbered once, 0 being the start; which follow and which end the pattern are tables.

using IngoDB.Model;

namespace IngoDB.Engine.Traversing;

/// <summary>The stages of a list of hops. Immutable.</summary>
internal sealed class StagePlan
{
    public const int Start = 0;

    private readonly int[] _hopOf;
    private readonly int[][] _after;
    private readonly bool[] _isResult;
    private readonly int[] _firstOf;
    private readonly IReadOnlyList<Hop> _hops;
    private readonly bool _goesRound;

    private StagePlan(IReadOnlyList<Hop> hops, bool goesRound)
    {
        (_hops, _goesRound) = (hops, goesRound);
        _firstOf = new int[hops.Count];
        var hopOf = new List<int> { -1 };
        for (var hop = 0; hop < hops.Count; hop++)
        {
            _firstOf[hop] = hopOf.Count;
            for (var repetition = 1; repetition <= hops[hop].Max; repetition++) hopOf.Add(hop);
        }

        _hopOf = [.. hopOf];
        _after = new int[_hopOf.Length][];
        _isResult = new bool[_hopOf.Length];
        for (var stage = 0; stage < _hopOf.Length; stage++)
        {
            _after[stage] = [.. After(stage)];
            _isResult[stage] = IsLast(stage);
        }
    }

    /// <summary>The hops once, from the first to the last.</summary>
    public static StagePlan Once(IReadOnlyList<Hop> hops) => new(hops, goesRound: false);

    /// <summary>The hops as a round that is repeated. A single hop that may be taken once is repeated anyway, so its own repetitions are left out.</summary>
    public static StagePlan Round(IReadOnlyList<Hop> hops)
        => hops is [{ Min: <= 1 } only] ? new([only with { Min = 1, Max = 1 }], goesRound: true) : new(hops, goesRound: true);

    public int Count => _hopOf.Length;

    /// <summary>The hop that leads to a stage; -1 for the start.</summary>
    public int HopOf(int stage) => _hopOf[stage];

    /// <summary>The stages that a walk at this one goes on to.</summary>
    public ReadOnlySpan<int> Next(int stage) => _after[stage];

    /// <summary>A walk that stands here has completed the pattern.</summary>
    public bool IsResult(int stage) => _isResult[stage];

    /// <summary>Where a walk stands: the end of a round is its start.</summary>
    public int PlaceOf(int stage) => _goesRound && stage == _hopOf.Length - 1 ? Start : stage;

    private int RepetitionOf(int stage) => stage == Start ? 0 : stage - _firstOf[_hopOf[stage]] + 1;

    private bool IsEnough(int stage) => stage == Start || RepetitionOf(stage) >= _hops[_hopOf[stage]].Min;

    private IEnumerable<int> After(int stage)
    {
        var hop = _hopOf[stage];
        if (stage != Start && RepetitionOf(stage) < _hops[hop].Max) yield return stage + 1;
        if (!IsEnough(stage)) yield break;
        for (var passed = 1; passed <= _hops.Count; passed++)
        {
            var next = hop + passed;
            if (next >= _hops.Count && !_goesRound) yield break;
            next %= _hops.Count;
            yield return _firstOf[next];
            if (_hops[next].Min > 0) yield break;
        }
    }

    private bool IsLast(int stage)
    {
        if (!IsEnough(stage)) return false;
        for (var next = _hopOf[stage] + 1; next < _hops.Count; next++)
            if (_hops[next].Min > 0) return stage == Start && _goesRound;
        return true;
    }
}
