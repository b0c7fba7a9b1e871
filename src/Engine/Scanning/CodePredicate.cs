// A condition on values, translated once into a condition on the codes of one table (CodeConditions in Querying does that),
// and asked zone by zone: 4,096 rows, whose least and greatest code are known. Most answers about a zone
// cost two comparisons, since it has no matching code at all or no other; only the rest is a pass over the codes.
//
//   category in {7}      zone 0: 0..9 ► pass over 4,096 codes     zone 1: 3..3 ► none     zone 2: 7..7 ► all

using IngoDB.Engine.Columns;

namespace IngoDB.Engine.Scanning;

/// <summary>What a predicate says about a zone. The mask is written only for <see cref="Some"/>.</summary>
internal enum ZoneMatch
{
    None,
    Some,
    All,
}

/// <summary>Decides the rows of one table by their codes. One thread at a time: nodes own scratch masks.</summary>
internal abstract class CodePredicate
{
    public const int ZoneWords = CodeColumn.ZoneRows / RowMask.RowsPerWord;

    /// <summary>Passes over codes that a zone may cost.</summary>
    public abstract int Passes { get; }

    /// <param name="rows">Rows of the zone; only the last has fewer than <see cref="CodeColumn.ZoneRows"/>.</param>
    /// <param name="mask">As many words as the rows need.</param>
    public abstract ZoneMatch Select(int zone, int rows, Span<ulong> mask);
}

/// <summary>The code of a column belongs to a set.</summary>
internal sealed class CodesIn(CodeColumn column, CodeSet set) : CodePredicate
{
    public override int Passes => 1;

    public override ZoneMatch Select(int zone, int rows, Span<ulong> mask)
    {
        var (least, greatest) = (column.ZoneMin[zone], column.ZoneMax[zone]);
        if (!set.Overlaps(least, greatest)) return ZoneMatch.None;
        if (set.Covers(least, greatest)) return ZoneMatch.All;
        var first = zone * CodeColumn.ZoneRows;
        switch (column.CodeBytes)
        {
            case 1: set.Select(column.Codes8.Slice(first, rows), mask, RangeKernel.Widest); break;
            case 2: set.Select(column.Codes16.Slice(first, rows), mask, RangeKernel.Widest); break;
            default: set.Select(column.Codes32.Slice(first, rows), mask, RangeKernel.Widest); break;
        }

        return ZoneMatch.Some;
    }
}

/// <summary>All arguments hold; none at all is true.</summary>
internal sealed class AllCodes(CodePredicate[] args) : CodePredicate
{
    private readonly ulong[] _scratch = new ulong[ZoneWords];

    public override int Passes => args.Sum(arg => arg.Passes);

    public override ZoneMatch Select(int zone, int rows, Span<ulong> mask)
    {
        var match = ZoneMatch.All;
        foreach (var arg in args)
        {
            var target = match == ZoneMatch.All ? mask : _scratch.AsSpan(0, mask.Length);
            var one = arg.Select(zone, rows, target);
            if (one == ZoneMatch.None) return ZoneMatch.None;
            if (one == ZoneMatch.All) continue;
            if (match == ZoneMatch.Some) RowMask.And(mask, target);
            match = ZoneMatch.Some;
        }

        return match;
    }
}

/// <summary>Some argument holds; none at all is false.</summary>
internal sealed class AnyCodes(CodePredicate[] args) : CodePredicate
{
    private readonly ulong[] _scratch = new ulong[ZoneWords];

    public override int Passes => args.Sum(arg => arg.Passes);

    public override ZoneMatch Select(int zone, int rows, Span<ulong> mask)
    {
        var match = ZoneMatch.None;
        foreach (var arg in args)
        {
            var target = match == ZoneMatch.None ? mask : _scratch.AsSpan(0, mask.Length);
            var one = arg.Select(zone, rows, target);
            if (one == ZoneMatch.All) return ZoneMatch.All;
            if (one == ZoneMatch.None) continue;
            if (match == ZoneMatch.Some) RowMask.Or(mask, target);
            match = ZoneMatch.Some;
        }

        return match;
    }
}

/// <summary>The argument does not hold.</summary>
internal sealed class NoCodes(CodePredicate arg) : CodePredicate
{
    public override int Passes => arg.Passes;

    public override ZoneMatch Select(int zone, int rows, Span<ulong> mask)
    {
        var match = arg.Select(zone, rows, mask);
        if (match == ZoneMatch.Some) RowMask.Not(mask, rows);
        return match switch { ZoneMatch.None => ZoneMatch.All, ZoneMatch.All => ZoneMatch.None, _ => match };
    }
}
