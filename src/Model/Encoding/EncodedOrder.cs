// ValueOrder over row bytes: the same order without decoding. UTF-8, bytes and big-endian uuids are memcmp; small
// integers, the most common operands, are compared before anything more general is tried.

using System.Buffers.Binary;

namespace IngoDB.Model;

/// <summary>The total order over encoded values.</summary>
internal static class EncodedOrder
{
    public static int Compare(EncodedValue left, EncodedOperand right)
    {
        if (ValueOrder.RankOf(left.Kind) != ValueRank.Number || !right.Value.IsNumber) return Compare(left, right.View);
        return left.Kind == ValueKind.Int64 && right.Value.Kind == ValueKind.Int64
            ? left.DecodeInt64().CompareTo(right.Value.AsInt64())
            : NumberOrder.Compare(left.DecodeNumber(), right.Value);
    }

    public static int Compare(EncodedValue left, EncodedValue right)
    {
        var rank = ValueOrder.RankOf(left.Kind);
        var byRank = rank - ValueOrder.RankOf(right.Kind);
        if (byRank != 0) return byRank;
        return rank switch
        {
            ValueRank.Number => CompareNumbers(left, right),
            ValueRank.String or ValueRank.Bytes or ValueRank.Uuid => left.Payload.SequenceCompareTo(right.Payload),
            ValueRank.Bool => left.Tag.CompareTo(right.Tag),
            ValueRank.Timestamp => BinaryPrimitives.ReadInt64LittleEndian(left.Payload).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(right.Payload)),
            ValueRank.Array => CompareArrays(EncodedSequence.OfArray(left.Payload), EncodedSequence.OfArray(right.Payload)),
            ValueRank.Document => ValueOrder.CompareDocuments(left.Decode().AsDocument(), right.Decode().AsDocument()),
            _ => 0,
        };
    }

    private static int CompareNumbers(EncodedValue left, EncodedValue right)
        => left.Kind == ValueKind.Int64 && right.Kind == ValueKind.Int64
            ? left.DecodeInt64().CompareTo(right.DecodeInt64())
            : NumberOrder.Compare(left.DecodeNumber(), right.DecodeNumber());

    private static int CompareArrays(EncodedSequence left, EncodedSequence right)
    {
        var common = Math.Min(left.Count, right.Count);
        for (var i = 0; i < common; i++)
            if (Compare(left[i], right[i]) is not 0 and var byElement) return byElement;
        return left.Count.CompareTo(right.Count);
    }
}
