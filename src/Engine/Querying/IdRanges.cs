// An id in the total order (OrderedKey) and an id in a key (DocumentId.WriteKey) sort alike but are different
// bytes. Ranges of the one are turned into ranges of the other here. Kinds that no id can have keep their place in
// the order by their tag alone, so that a bound such as "below the first timestamp" stays right.

using System.Text;
using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Ranges of ids.</summary>
internal static class IdRanges
{
    private static readonly KeyRange Strings = Tagged(ValueKind.String);
    private static readonly KeyRange Uuids = Tagged(ValueKind.Uuid);

    /// <summary>Ranges of ordered keys as ranges of id keys, only where ids can be.</summary>
    public static KeyRange[] Of(IReadOnlyList<KeyRange> ordered)
    {
        var ids = new List<KeyRange>();
        foreach (var range in ordered)
        {
            var translated = new KeyRange(range.Low.IsEmpty ? ReadOnlyMemory<byte>.Empty : IdKey(range.Low.Span), range.LowInclusive, range.High is { } high ? IdKey(high.Span).AsMemory() : default(ReadOnlyMemory<byte>?), range.HighInclusive);
            ids.Add(translated.Intersect(Strings));
            ids.Add(translated.Intersect(Uuids));
        }

        return KeyRanges.Normalize(ids);
    }

    /// <summary>The ids of point ranges, ascending.</summary>
    public static IReadOnlyList<DocumentId> Ids(IReadOnlyList<KeyRange> points)
    {
        var ids = new List<DocumentId>(points.Count);
        foreach (var point in points)
            if (point.Low.Length is > 1 and <= DocumentId.KeyBytesMax) ids.Add(DocumentId.ReadKey(point.Low.Span));
        return ids;
    }

    /// <summary>One range over all of them.</summary>
    public static KeyRange Hull(IReadOnlyList<KeyRange> ranges) => new(ranges[0].Low, ranges[0].LowInclusive, ranges[^1].High, ranges[^1].HighInclusive);

    private static KeyRange Tagged(ValueKind kind) => KeyRange.Between(new[] { (byte)kind }, new[] { (byte)(kind + 1) });

    private static byte[] IdKey(ReadOnlySpan<byte> ordered)
    {
        var value = OrderedKey.Decode(ref ordered);
        if (value.Kind == ValueKind.Uuid)
        {
            var key = new byte[17];
            new DocumentId(value.AsUuid()).WriteKey(key);
            return key;
        }

        return value.Kind == ValueKind.String ? [(byte)ValueKind.String, .. Encoding.UTF8.GetBytes(value.AsString())] : [(byte)value.Kind];
    }
}
