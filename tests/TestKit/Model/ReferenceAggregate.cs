// Aggregates as anybody would write them who has read the semantics and has endless memory and time: groups in a sorted
// dictionary, sums as fractions of integers that never lose anything, rounding by way of long decimal texts. Nothing here is
// shared with the engine but values, paths, filters and the order of values.

using System.Globalization;
using System.Numerics;
using IngoDB.Model;
using SortKey = IngoDB.Model.SortKey;

namespace IngoDB.TestKit;

/// <summary>The results of an aggregate over documents in memory. Pure.</summary>
public static class ReferenceAggregate
{
    // Every double is a multiple of 2^-1074, every decimal one of 10^-28.
    private static readonly BigInteger Unit = BigInteger.Pow(2, 1074) * BigInteger.Pow(10, 28);

    /// <param name="documents">All that is visible, in any order.</param>
    public static List<StoredDocument> Of(IEnumerable<StoredDocument> documents, AggregateQuery query)
    {
        var groups = new SortedDictionary<Value[], List<StoredDocument>>(Comparer<Value[]>.Create(Compare));
        foreach (var document in documents.OrderBy(document => document.Id))
        {
            if (!FilterEvaluator.Matches(query.Where, document)) continue;
            foreach (var key in Product([.. query.By.Select(path => Elements(path, document, withMissing: true))]))
            {
                if (!groups.TryGetValue(key, out var members)) groups[key] = members = [];
                members.Add(document);
            }
        }

        if (query.By.Count == 0 && groups.Count == 0) groups[[]] = [];
        var results = groups.Select(group => ResultOf(query, group.Key, group.Value)).Where(result => FilterEvaluator.Matches(query.Having, result)).ToList();
        var sorted = results.Select((result, i) => (result, i)).Order(Comparer<(StoredDocument Result, int Index)>.Create((x, y) => InOrder(query.Sort, x.Result, y.Result) is not 0 and var order ? order : x.Index.CompareTo(y.Index)));
        return [.. sorted.Select(pair => pair.Item1).Take(query.Limit ?? int.MaxValue)];
    }

    /// <summary>A value with the types of everything in it: two that compare equal may still differ here.</summary>
    public static string Exact(Value value) => value.Kind switch
    {
        ValueKind.Array => "[" + string.Join(",", value.AsArray().ToArray().Select(Exact)) + "]",
        ValueKind.Document => Exact(value.AsDocument()),
        ValueKind.Double => "Double " + value.AsDouble().ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Decimal => "Decimal " + value.AsDecimal().ToString(CultureInfo.InvariantCulture),
        _ => $"{value.Kind} {value}",
    };

    public static string Exact(Document document) => "{" + string.Join(",", document.Select(field => field.Key + ":" + Exact(field.Value))) + "}";

    private static StoredDocument ResultOf(AggregateQuery query, Value[] key, List<StoredDocument> members)
        => new(new DocumentId("result"), DocumentVersion.None, AggregateResult.Of(query, [.. key.Select(Narrowest)], [.. query.Compute.Select(named => Compute(named.Value, members))]));

    private static Value Compute(Accumulator accumulator, List<StoredDocument> members)
    {
        if (accumulator.Field is not { } field) return (long)members.Count;
        var values = members.SelectMany(document => Elements(field, document, withMissing: false)).ToList();
        var compared = values.Where(value => !value.IsNull).Order().ToList();
        return accumulator.Function switch
        {
            AccumulatorFunction.Count => (long)values.Count,
            AccumulatorFunction.Distinct => (long)values.Distinct().Count(),
            AccumulatorFunction.Min => compared.Count == 0 ? Value.Null : Narrowest(compared[0]),
            AccumulatorFunction.Max => compared.Count == 0 ? Value.Null : Narrowest(compared[^1]),
            AccumulatorFunction.First => values.Count == 0 ? Value.Null : values[0],
            AccumulatorFunction.Sum => Sum([.. values.Where(value => value.IsNumber)], isMean: false),
            _ => Sum([.. values.Where(value => value.IsNumber)], isMean: true),
        };
    }

    private static List<Value> Elements(FieldPath path, StoredDocument document, bool withMissing)
    {
        var value = path.In(document);
        if (path.FansOut && value.Kind == ValueKind.Array) return [.. value.AsArray().ToArray()];
        return value.IsMissing && !withMissing ? [] : [value];
    }

    private static IEnumerable<Value[]> Product(List<Value>[] lists)
        => lists.Aggregate<List<Value>, IEnumerable<Value[]>>([[]], (heads, list) => heads.SelectMany(head => list.Select(value => (Value[])[.. head, value])));

    private static int Compare(Value[]? left, Value[]? right)
    {
        for (var i = 0; i < left!.Length; i++)
            if (left[i].CompareTo(right![i]) is not 0 and var order) return order;
        return 0;
    }

    private static int InOrder(IReadOnlyList<SortKey> sort, StoredDocument left, StoredDocument right)
    {
        var (x, y) = (left with { Id = new("x") }, right with { Id = new("x") });
        return new ScanOrder(sort).Compare(x, y);
    }

    private static Value Sum(List<Value> numbers, bool isMean)
    {
        if (isMean && numbers.Count == 0) return Value.Null;
        var special = numbers.Where(number => number.Kind == ValueKind.Double && !double.IsFinite(number.AsDouble())).Select(number => number.AsDouble()).ToList();
        if (special.Count > 0) return special.Distinct().Count() == 1 ? special[0] : double.NaN;
        var sum = numbers.Aggregate(BigInteger.Zero, (total, number) => total + Scaled(number));
        return Round(sum, Unit * (isMean ? numbers.Count : 1), numbers.Any(number => number.Kind == ValueKind.Decimal && Scaled(number) * BigInteger.Pow(2, 28) % Unit != 0));
    }

    private static BigInteger Scaled(Value number)
    {
        switch (number.Kind)
        {
            case ValueKind.Int64: return number.AsInt64() * Unit;
            case ValueKind.UInt64: return number.AsUInt64() * Unit;
            case ValueKind.Decimal:
                var parts = decimal.GetBits(number.AsDecimal());
                var mantissa = ((BigInteger)(uint)parts[2] << 64) + ((BigInteger)(uint)parts[1] << 32) + (uint)parts[0];
                return (parts[3] < 0 ? -mantissa : mantissa) * (Unit / BigInteger.Pow(10, (parts[3] >> 16) & 0xFF));
            default:
                var bits = BitConverter.DoubleToInt64Bits(number.AsDouble());
                var exponent = (int)(bits >> 52) & 0x7FF;
                var fraction = (BigInteger)((bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52)) * BigInteger.Pow(10, 28) << (Math.Max(exponent, 1) - 1);
                return bits < 0 ? -fraction : fraction;
        }
    }

    private static Value Round(BigInteger numerator, BigInteger denominator, bool isDecimal)
    {
        if (numerator % denominator == 0)
        {
            var whole = numerator / denominator;
            if (whole >= long.MinValue && whole <= long.MaxValue) return (long)whole;
            if (whole > 0 && whole <= ulong.MaxValue) return (ulong)whole;
            var near = ToDouble(numerator, denominator);
            if (double.IsFinite(near) && new BigInteger(near) == whole) return near;
            return ToDecimal(numerator, denominator) is { } large ? large : near;
        }

        return isDecimal && ToDecimal(numerator, denominator) is { } exact ? exact : ToDouble(numerator, denominator);
    }

    /// <summary>So many digits that no half can hide behind them, and a 1 if there are more; the runtime's parser rounds correctly.</summary>
    private static double ToDouble(BigInteger numerator, BigInteger denominator)
    {
        const int digits = 1400;
        var shifted = BigInteger.DivRem(BigInteger.Abs(numerator) * BigInteger.Pow(10, digits), denominator, out var rest);
        var text = $"{(numerator.Sign < 0 ? "-" : "")}{shifted}{(rest.IsZero ? "0" : "1")}E-{digits + 1}";
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static decimal? ToDecimal(BigInteger numerator, BigInteger denominator)
    {
        for (var scale = 28; scale >= 0; scale--)
        {
            var digits = BigInteger.DivRem(BigInteger.Abs(numerator) * BigInteger.Pow(10, scale), denominator, out var rest);
            if (rest * 2 > denominator || (rest * 2 == denominator && !digits.IsEven)) digits++;
            if (digits >= BigInteger.Pow(2, 96)) continue;
            var text = digits.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            if (scale > 0) text = text[..^scale] + "." + text[^scale..].TrimEnd('0');
            return decimal.Parse((numerator.Sign < 0 ? "-" : "") + text.TrimEnd('.'), NumberStyles.Number, CultureInfo.InvariantCulture);
        }

        return null;
    }

    /// <summary>The narrowest type that holds a number exactly; documents by the names of their fields.</summary>
    private static Value Narrowest(Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Array: return Value.From([.. value.AsArray().ToArray().Select(Narrowest)]);
            case ValueKind.Document: return Document.Of([.. value.AsDocument().OrderBy(field => System.Text.Encoding.UTF8.GetBytes(field.Key), Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))).Select(field => (field.Key, Narrowest(field.Value)))]);
            case ValueKind.Double when !double.IsFinite(value.AsDouble()) || value.AsDouble() != Math.Floor(value.AsDouble()): return value;
            case >= ValueKind.Int64 and <= ValueKind.Decimal:
                var scaled = Scaled(value);
                if (scaled % Unit == 0 && scaled / Unit is var whole && whole >= long.MinValue && whole <= ulong.MaxValue) return whole <= long.MaxValue ? (long)whole : (ulong)whole;
                var near = ToDouble(scaled, Unit);
                return double.IsFinite(near) && Scaled(near) == scaled ? near : ToDecimal(scaled, Unit)!.Value;
            default: return value;
        }
    }
}
