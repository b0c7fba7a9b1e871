// Which stretches of an index are asked for again and again. A partial index over them costs a part of a whole one, to build and to keep:
// the latest week of ten years, the open ones of a million orders. Each expensive question tells the ranges that it looked up:
//
//   known      |---------|          |--|                    |-----|
//   asked          |--|                     a hit: it lies in what was asked before
//   asked             |------|              a miss, and the stretch widens
//   asked                                |                  a miss, and a new stretch; where they are too many the two
//                                                           that lie nearest to each other become one
//
// Weights halve every hour, so what nobody asks for any more is left out when files are written the next time: a flush or a
// merge takes the stretches as they are then. The share of hits says whether a stretch is worth having at all: of constants that never come
// back, none is. How near keys are is told by their first different bytes, which for numbers and times is about right.
//
// What this does not do: stretches of compound keys.

namespace IngoDB.Engine.Indexing;

/// <summary>What is asked of one field.</summary>
/// <param name="Runs">Questions, weighted by age.</param>
/// <param name="HitRate">The share of them that asked for keys inside what was asked before.</param>
internal sealed record HotStretches(IReadOnlyList<KeyRange> Ranges, double Runs, double HitRate);

/// <summary>Notes ranges of one field of a collection. Thread-safe.</summary>
internal sealed class HotKeys(TimeProvider time)
{
    /// <summary>Stretches that are kept; more questions of a kind widen those that there are.</summary>
    public const int StretchesMax = 8;

    private const double ShareMin = 0.02;
    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly List<(KeyRange Range, double Weight)> _known = [];
    private double _hits, _misses, _missedCost;
    private long _decayed = time.GetTimestamp();

    /// <param name="asked">Disjoint and ascending.</param>
    public void Note(IReadOnlyList<KeyRange> asked)
    {
        if (asked.Count == 0) return;
        lock (_lock)
        {
            DecayLocked();
            var isHit = true;
            foreach (var range in asked.Count <= StretchesMax ? asked : [Hull(asked[0], asked[^1])]) isHit &= NoteLocked(range);
            if (isHit) _hits++;
            else _misses++;
        }
    }

    public HotStretches Read()
    {
        lock (_lock)
        {
            DecayLocked();
            var least = ShareMin * _known.Sum(known => known.Weight);
            return new([.. _known.Where(known => known.Weight >= least).Select(known => known.Range)], _hits + _misses, _hits + _misses == 0 ? 0 : _hits / (_hits + _misses));
        }
    }

    /// <summary>A question that a partial index is there for and did not have the keys of.</summary>
    public void Missed(double cost)
    {
        lock (_lock) _missedCost += cost;
    }

    /// <summary>Have these questions cost what writing the index again costs? If so they are forgotten.</summary>
    public bool TakePaid(double price)
    {
        lock (_lock)
        {
            if (_missedCost < price) return false;
            _missedCost = 0;
            return true;
        }
    }

    private bool NoteLocked(KeyRange range)
    {
        for (var i = 0; i < _known.Count; i++)
        {
            if (!_known[i].Range.Contains(range)) continue;
            _known[i] = (_known[i].Range, _known[i].Weight + 1);
            return true;
        }

        var weight = 1.0;
        for (var i = _known.Count - 1; i >= 0; i--)
        {
            if (KeyRanges.Normalize([_known[i].Range, range]).Length > 1) continue;
            range = Hull(_known[i].Range, range);
            weight += _known[i].Weight;
            _known.RemoveAt(i);
        }

        var at = _known.FindIndex(known => KeyRange.CompareLow(known.Range, range) > 0);
        _known.Insert(at < 0 ? _known.Count : at, (range, weight));
        if (_known.Count > StretchesMax) UniteNearestLocked();
        return false;
    }

    private void UniteNearestLocked()
    {
        var (nearest, least) = (0, double.PositiveInfinity);
        for (var i = 0; i + 1 < _known.Count; i++)
        {
            var gap = Gap(_known[i].Range, _known[i + 1].Range);
            if (gap < least) (nearest, least) = (i, gap);
        }

        _known[nearest] = (Hull(_known[nearest].Range, _known[nearest + 1].Range), _known[nearest].Weight + _known[nearest + 1].Weight);
        _known.RemoveAt(nearest + 1);
    }

    private double Gap(KeyRange left, KeyRange right)
    {
        var common = _known[0].Range.Low.Span.CommonPrefixLength(_known[^1].Range.Low.Span);
        return ValueAt(right.Low.Span, common) - ValueAt((left.High ?? left.Low).Span, common);
    }

    private static double ValueAt(ReadOnlySpan<byte> key, int from)
    {
        var value = 0.0;
        for (var i = 0; i < 6; i++) value = (value * 256) + (from + i < key.Length ? key[from + i] : 0);
        return value;
    }

    private static KeyRange Hull(KeyRange left, KeyRange right)
    {
        var (low, high) = (KeyRange.CompareLow(left, right) <= 0 ? left : right, KeyRange.CompareHigh(left, right) >= 0 ? left : right);
        return new(low.Low, low.LowInclusive, high.High, high.HighInclusive);
    }

    private void DecayLocked()
    {
        var elapsed = time.GetElapsedTime(_decayed);
        if (elapsed < HalfLife / 100) return;
        _decayed = time.GetTimestamp();
        var factor = Math.Pow(0.5, elapsed / HalfLife);
        (_hits, _misses, _missedCost) = (_hits * factor, _misses * factor, _missedCost * factor);
        for (var i = 0; i < _known.Count; i++) _known[i] = (_known[i].Range, _known[i].Weight * factor);
    }
}
