// Values that look for trouble: every kind, small domains so that equal values and equal field names are common, and
// the numbers, texts and times at which encodings and comparisons have gone wrong before. A failing case replays
// with the seed that CsCheck prints.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>CsCheck generators of values and documents.</summary>
public static class ValueGenerators
{
    /// <summary>The numbers at which two representations of one line meet, cross or end.</summary>
    public static IReadOnlyList<Value> NastyNumbers { get; } =
    [
        0L, 1L, -1L, 2L, 10L, 255L, 256L, -128L, -129L, 32767L, 32768L, int.MaxValue, int.MinValue,
        (1L << 53) - 1, 1L << 53, (1L << 53) + 1, (1L << 53) + 2, -(1L << 53) - 1, long.MaxValue, long.MaxValue - 1, long.MinValue, long.MinValue + 1,
        0UL, 1UL, (1UL << 63) - 1, 1UL << 63, (1UL << 63) + 1, ulong.MaxValue, ulong.MaxValue - 1, ulong.MaxValue - 2047, ulong.MaxValue - 2048,
        0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 0.5, 1.5, -0.1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon,
        double.MaxValue, double.MinValue, 2.2250738585072014E-308, 9007199254740992.0, 9007199254740994.0, 9223372036854775808.0, -9223372036854775808.0,
        18446744073709551616.0, 79228162514264337593543950336.0, -79228162514264337593543950336.0, 1e28, 1e-28, 1e-29, 1e300,
        0m, 0.00m, 1m, 1.00m, 0.1m, 0.10m, 0.2m, 0.3m, 0.5m, 1.5m, -0.1m, -0.5m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, -0.0000000000000000000000000001m,
        9007199254740992m, 9007199254740993m, 9007199254740993.5m, 9007199254740992.5m, 18446744073709551615m, 18446744073709551616m, 9223372036854775807.5m,
        7.9228162514264337593543950335m, 0.1000000000000000055511151231m, 0.3333333333333333333333333333m, 1234567890123456789.0123456789m,
        0.00000000372529029846191406m, 0.0000000037252902984619140625m, 19.99m, 19.99,
    ];

    public static Gen<Value> Number { get; } = Gen.Frequency(
        (4, Gen.Int[0, NastyNumbers.Count - 1].Select(i => NastyNumbers[i])),
        (2, Gen.Long[-20, 20].Select(Value.From)),
        (1, Gen.Long.Select(Value.From)),
        (1, Gen.ULong.Select(Value.From)),
        (1, Gen.Double.Select(Value.From)),
        (1, Gen.Decimal.Select(Value.From)),
        (1, Gen.Int[-40, 40].Select(i => Value.From(i / 4.0))),
        (1, Gen.Int[-40, 40].Select(i => Value.From(i / 4m))));

    /// <summary>Short texts over the characters whose encodings differ most; always whole characters.</summary>
    public static Gen<string> Text { get; } = Gen.Int[0, 9].Select(i => new[] { "a", "b", "\0", "\u0001", "é", "\uE000", "\uFFFD", "\uFFFF", "😀", "Z" }[i]).List[0, 5].Select(string.Concat);

    public static Gen<string> FieldName { get; } = Gen.Frequency((8, Gen.Int[0, 7].Select(i => "abcdefgh"[i].ToString())), (1, Text));

    public static Gen<Value> Scalar { get; } = Gen.Frequency(
        (1, Gen.Const(Value.Null)),
        (1, Gen.Bool.Select(Value.From)),
        (4, Number),
        (3, Text.Select(Value.From)),
        (1, Gen.Byte[0, 2].Array[0, 4].Select(Value.From)),
        (1, Gen.Int[0, 3].Select(i => Value.From(new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)i)))),
        (1, Gen.Guid.Select(Value.From)),
        (1, Gen.Long[0, DateTime.MaxValue.Ticks].Select(Value.FromTimestampTicks)));

    /// <summary>Any value, nested at most three deep.</summary>
    public static Gen<Value> AnyValue { get; } = Nested(3);

    public static Gen<Document> Document { get; } = DocumentOf(Nested(2), 8);

    public static Gen<DocumentId> Id { get; } = Gen.Frequency(
        (3, Gen.Int[0, 50].Select(i => new DocumentId("k" + i))),
        (2, Gen.Guid.Select(g => new DocumentId(g))),
        (1, Text.Where(t => t.Length > 0).Select(t => new DocumentId(t))));

    public static Gen<StoredDocument> StoredDocument { get; } = Gen.Select(Id, Gen.ULong[1, 1UL << 60], Document, (id, version, fields) => new StoredDocument(id, new DocumentVersion(version), fields));

    public static Gen<Document> DocumentOf(Gen<Value> values, int fieldsMax)
        => Gen.Select(FieldName, values).List[0, fieldsMax].Select(fields =>
        {
            var document = Model.Document.Empty;
            foreach (var (name, value) in fields) document = document.With(name, value);
            return document;
        });

    private static Gen<Value> Nested(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency(
            (6, Scalar),
            (1, Nested(depth - 1).Array[0, 4].Select(Value.From)),
            (1, DocumentOf(Nested(depth - 1), 4).Select(Value.From)));
}
