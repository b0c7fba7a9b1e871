// What an index over several fields can give a query. Its keys are the keys of its fields one after the other, so all entries
// with the same values in the first fields are neighbours, in the order of the next:
//
//   category+price      books 4.99 | books 9.99 | toys 0.99 | toys 3.50 | toys 7.99
//
//   category eq toys                     a stretch: every key that begins with toys          any further fields
//   category eq toys, price gt 3         a stretch in it: toys 3.50 .. toys 7.99             the first field that is no single value
//   category eq toys, sort price         the same stretch is in the order asked for          all fields before those sorted by have one value
//   sort category, price                 all of it is in the order asked for, read either way
//
// A field with several values (in) makes as many stretches. An index whose first field nothing is said of gives nothing.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Ranges of compound keys. Pure.</summary>
internal static class IndexUse
{
    /// <summary>More stretches than this are not worth their searches.</summary>
    private const int PrefixesMax = 64;

    /// <summary>Ranges that hold every key of a match, disjoint and ascending; null when the constraints say nothing of the first field.</summary>
    public static KeyRange[]? RangesOf(IndexFields fields, IReadOnlyList<FieldConstraint> constraints)
    {
        var (prefixes, known) = PrefixesOf(fields, constraints, fields.Paths.Length);
        var next = known < fields.Paths.Length ? ConstraintOn(fields.Paths[known], constraints) : null;
        if (known == 0 && next is null) return null;
        var isLast = known + 1 >= fields.Paths.Length;
        return [.. prefixes.SelectMany(prefix => Under(prefix, known == fields.Paths.Length ? null : next?.Ranges ?? [KeyRange.All], isLast))];
    }

    /// <summary>The same for a single constraint.</summary>
    public static KeyRange[]? RangesOf(IndexFields fields, FieldConstraint constraint)
        => fields.IsCompound ? RangesOf(fields, [constraint]) : constraint.IsServedBy(fields.First) ? constraint.Ranges : null;

    /// <summary>The stretch of the index that is in this order; null when it does not give it: its last fields are those sorted by, those before have one value each.</summary>
    public static IndexStretch? OrderOf(IndexFields fields, IReadOnlyList<FieldConstraint> constraints, IndexSort sort)
    {
        var given = fields.Paths.Length - sort.Keys.Count;
        if (given < 0) return null;
        for (var i = 0; i < sort.Keys.Count; i++)
            if (!fields.Paths[given + i].Equals(sort.Keys[i].Field)) return null;
        var (prefixes, known) = PrefixesOf(fields, constraints, given);
        if (known < given || prefixes.Count != 1) return null;
        // An index that fans out has elements where a sort wants arrays.
        return fields.FansOut ? null : new(prefixes[0], ConstraintOn(sort.Keys[0].Field, constraints)?.Ranges ?? [KeyRange.All], sort.Keys.Count == 1);
    }

    /// <summary>Ranges of the last field under a prefix.</summary>
    public static KeyRange[] Under(ReadOnlyMemory<byte> prefix, IReadOnlyList<KeyRange>? ranges, bool isLast)
        => ranges is null ? [KeyRange.Point(prefix)] : prefix.IsEmpty && isLast ? [.. ranges] : [.. ranges.Select(range => Under(prefix, range, isLast))];

    private static KeyRange Under(ReadOnlyMemory<byte> prefix, KeyRange range, bool isLast)
    {
        if (isLast && range.IsPoint) return KeyRange.Point(Join(prefix, range.Low));
        var low = Join(prefix, range.Low);
        var high = range.High is not { } end ? Above(prefix) : range.HighInclusive ? Above(Join(prefix, end)) : Join(prefix, end);
        return KeyRange.Between(range.LowInclusive ? low : Above(low)!.Value, high);
    }

    private static (List<ReadOnlyMemory<byte>> Prefixes, int Known) PrefixesOf(IndexFields fields, IReadOnlyList<FieldConstraint> constraints, int fieldsMax)
    {
        List<ReadOnlyMemory<byte>> prefixes = [ReadOnlyMemory<byte>.Empty];
        for (var i = 0; i < fieldsMax; i++)
        {
            if (ConstraintOn(fields.Paths[i], constraints) is not { } constraint || !constraint.ArePoints || prefixes.Count * constraint.Count > PrefixesMax) return (prefixes, i);
            prefixes = [.. prefixes.SelectMany(prefix => constraint.Ranges.Select(range => Join(prefix, range.Low)))];
        }

        return (prefixes, fieldsMax);
    }

    private static FieldConstraint? ConstraintOn(FieldPath path, IReadOnlyList<FieldConstraint> constraints)
    {
        foreach (var constraint in constraints)
            if (!constraint.OnElements && constraint.Path.Equals(path)) return constraint;
        return null;
    }

    private static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> key) => prefix.IsEmpty ? key : key.IsEmpty ? prefix : (byte[])[.. prefix.Span, .. key.Span];

    /// <summary>The first key above all that begin with this one; null when there is none.</summary>
    private static ReadOnlyMemory<byte>? Above(ReadOnlyMemory<byte> prefix)
    {
        var above = prefix.ToArray().AsSpan();
        while (above.Length > 0 && above[^1] == byte.MaxValue) above = above[..^1];
        if (above.Length == 0) return null;
        above[^1]++;
        return above.ToArray();
    }
}
