// A stretch of index keys. Keys are compared as bytes (OrderedKey), so a range knows nothing of values.

namespace IngoDB.Engine.Indexing;

/// <summary>Keys from <paramref name="Low"/> to <paramref name="High"/>; an empty low begins at the start, a null high ends at the end.</summary>
internal readonly record struct KeyRange(ReadOnlyMemory<byte> Low, bool LowInclusive, ReadOnlyMemory<byte>? High, bool HighInclusive)
{
    public static KeyRange All { get; } = new(ReadOnlyMemory<byte>.Empty, true, null, false);

    public static KeyRange Point(ReadOnlyMemory<byte> key) => new(key, true, key, true);

    /// <summary>[low, high)</summary>
    public static KeyRange Between(ReadOnlyMemory<byte> low, ReadOnlyMemory<byte>? high) => new(low, true, high, false);

    public bool IsPoint => LowInclusive && HighInclusive && High is { } high && Low.Span.SequenceEqual(high.Span);

    public bool IsAll => Low.IsEmpty && High is null;

    public bool IsEmpty
    {
        get
        {
            if (High is not { } high) return false;
            var order = Low.Span.SequenceCompareTo(high.Span);
            return order > 0 || (order == 0 && !(LowInclusive && HighInclusive));
        }
    }

    public bool IsBelow(ReadOnlySpan<byte> key)
    {
        if (High is not { } high) return false;
        var order = key.SequenceCompareTo(high.Span);
        return order > 0 || (order == 0 && !HighInclusive);
    }

    public bool IsAbove(ReadOnlySpan<byte> key)
    {
        var order = key.SequenceCompareTo(Low.Span);
        return order < 0 || (order == 0 && !LowInclusive);
    }

    public bool Contains(ReadOnlySpan<byte> key) => !IsAbove(key) && !IsBelow(key);

    /// <summary>All of its keys are among mine.</summary>
    public bool Contains(KeyRange other) => CompareLow(this, other) <= 0 && CompareHigh(this, other) >= 0;

    public KeyRange Intersect(KeyRange other)
    {
        var low = CompareLow(this, other) >= 0 ? this : other;
        var high = CompareHigh(this, other) <= 0 ? this : other;
        return new(low.Low, low.LowInclusive, high.High, high.HighInclusive);
    }

    /// <summary>Where ranges begin: the earlier first.</summary>
    public static int CompareLow(KeyRange left, KeyRange right)
    {
        var order = left.Low.Span.SequenceCompareTo(right.Low.Span);
        return order != 0 ? order : right.LowInclusive.CompareTo(left.LowInclusive);
    }

    /// <summary>Where ranges end: the earlier first.</summary>
    public static int CompareHigh(KeyRange left, KeyRange right)
    {
        if (left.High is not { } leftHigh) return right.High is null ? 0 : 1;
        if (right.High is not { } rightHigh) return -1;
        var order = leftHigh.Span.SequenceCompareTo(rightHigh.Span);
        return order != 0 ? order : left.HighInclusive.CompareTo(right.HighInclusive);
    }
}

/// <summary>Disjoint ranges in ascending order.</summary>
internal static class KeyRanges
{
    /// <summary>The same keys, as disjoint ranges in ascending order; empty ones left out.</summary>
    public static KeyRange[] Normalize(IEnumerable<KeyRange> ranges)
    {
        var sorted = ranges.Where(range => !range.IsEmpty).ToList();
        sorted.Sort(KeyRange.CompareLow);
        var disjoint = new List<KeyRange>(sorted.Count);
        foreach (var range in sorted)
        {
            if (disjoint.Count > 0 && Overlap(disjoint[^1], range))
            {
                var last = disjoint[^1];
                if (KeyRange.CompareHigh(last, range) < 0) disjoint[^1] = last with { High = range.High, HighInclusive = range.HighInclusive };
            }
            else
            {
                disjoint.Add(range);
            }
        }

        return [.. disjoint];
    }

    public static KeyRange[] Intersect(IReadOnlyList<KeyRange> left, IReadOnlyList<KeyRange> right)
    {
        var both = new List<KeyRange>();
        foreach (var l in left)
            foreach (var r in right)
                both.Add(l.Intersect(r));
        return Normalize(both);
    }

    /// <summary><paramref name="right"/> begins no later than <paramref name="left"/> ends (left begins first).</summary>
    private static bool Overlap(KeyRange left, KeyRange right)
    {
        if (left.High is not { } high) return true;
        var order = right.Low.Span.SequenceCompareTo(high.Span);
        return order < 0 || (order == 0 && left.HighInclusive && right.LowInclusive);
    }}
