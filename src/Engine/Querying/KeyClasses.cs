// Ranges hold only between values of one class (numbers, strings, ...), while an index holds every class in one
// order. So gt(5) is not "everything above 5" but "from 5 to the first string": each class is bounded by its own
// least value and by the least value of the next class.

using System.Buffers;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Index keys of values, and the stretch of keys that a class of values takes.</summary>
internal static class KeyClasses
{
    private static readonly (ValueKind Kind, byte[] First)[] Firsts =
    [
        (ValueKind.Null, KeyOf(Value.Null)),
        (ValueKind.Bool, KeyOf(false)),
        (ValueKind.Double, KeyOf(double.NaN)),
        (ValueKind.String, KeyOf("")),
        (ValueKind.Bytes, KeyOf(Value.From(Array.Empty<byte>()))),
        (ValueKind.Uuid, KeyOf(Guid.Empty)),
        (ValueKind.Timestamp, KeyOf(Value.FromTimestampTicks(0))),
        (ValueKind.Array, KeyOf(Value.From(Array.Empty<Value>()))),
        (ValueKind.Document, KeyOf(Document.Empty)),
    ];

    public static byte[] MissingKey { get; } = KeyOf(Value.Missing);

    /// <summary>Missing and null: what <c>nulls first|last</c> moves.</summary>
    public static KeyRange Nothing { get; } = KeyRange.Between(ReadOnlyMemory<byte>.Empty, Firsts[1].First);

    public static KeyRange Something { get; } = KeyRange.Between(Firsts[1].First, null);

    public static KeyRange Arrays { get; } = Of(ValueKind.Array);

    public static byte[] KeyOf(Value value)
    {
        var key = new ArrayBufferWriter<byte>(32);
        OrderedKey.Append(value, key);
        return key.WrittenSpan.ToArray();
    }

    /// <summary>All keys of the class that a kind belongs to.</summary>
    public static KeyRange Of(ValueKind kind)
    {
        if (kind is >= ValueKind.Int64 and <= ValueKind.Decimal) kind = ValueKind.Double;
        var at = Array.FindIndex(Firsts, first => first.Kind == kind);
        return at < 0 ? KeyRange.Point(MissingKey) : KeyRange.Between(Firsts[at].First, at + 1 < Firsts.Length ? Firsts[at + 1].First.AsMemory() : default(ReadOnlyMemory<byte>?));
    }

    /// <summary>No missing or null among the keys: an index that fans arrays out has no entry for them.</summary>
    public static bool AreElements(IReadOnlyList<KeyRange> ranges)
    {
        foreach (var range in ranges)
            if (!range.Intersect(Nothing).IsEmpty) return false;
        return true;
    }

    /// <summary>No missing, null or array among the keys: what an index that fans arrays out has in common with one that does not.</summary>
    public static bool AreScalars(IReadOnlyList<KeyRange> ranges)
    {
        if (!AreElements(ranges)) return false;
        foreach (var range in ranges)
            if (!range.Intersect(Arrays).IsEmpty) return false;
        return true;
    }
}
