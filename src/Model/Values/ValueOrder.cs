// The one total order that filters, sorts, indexes, min/max and group keys share:
//
//   missing < null < bool < numbers < string < bytes < uuid < timestamp < array < document
//
// Everything else that orders values (EncodedValue.CompareTo over row bytes, OrderedKey as memcmp) must agree with
// this file; property tests hold the three together. Equality is "compares equal", and Hash follows it, so that
// 5, 5.0 and 5.00m are one group and documents are equal whatever the order of their fields.

using System.Runtime.CompilerServices;

namespace IngoDB.Model;

/// <summary>The one total order that filters, sorts, indexes, min/max and group keys share.</summary>
public static class ValueOrder
{
    /// <summary>missing &lt; null &lt; bool &lt; numbers &lt; string &lt; bytes &lt; uuid &lt; timestamp &lt; array &lt; document; numbers by exact mathematical value.</summary>
    public static int Compare(in Value left, in Value right)
    {
        var rank = RankOf(left.Kind);
        var byRank = rank - RankOf(right.Kind);
        if (byRank != 0) return byRank;
        return rank switch
        {
            ValueRank.Number => NumberOrder.Compare(left, right),
            ValueRank.String => UnicodeText.CompareAsUtf8(left.AsString(), right.AsString()),
            ValueRank.Bool => left.AsBool().CompareTo(right.AsBool()),
            ValueRank.Bytes => left.AsBytes().Span.SequenceCompareTo(right.AsBytes().Span),
            ValueRank.Uuid => CompareUuids(left, right),
            ValueRank.Timestamp => left.AsTimestampTicks().CompareTo(right.AsTimestampTicks()),
            ValueRank.Array => CompareArrays(left.AsArray().Span, right.AsArray().Span),
            ValueRank.Document => CompareDocuments(left.AsDocument(), right.AsDocument()),
            _ => 0,
        };
    }

    /// <summary>Equal values (across numeric types, too) have equal hashes.</summary>
    public static int Hash(in Value value)
    {
        var rank = RankOf(value.Kind);
        return rank switch
        {
            ValueRank.Number => NumberOrder.Hash(value),
            ValueRank.String => value.AsString().GetHashCode(StringComparison.Ordinal),
            ValueRank.Bool => value.AsBool() ? 3 : 2,
            ValueRank.Bytes => HashBytes(value.AsBytes().Span),
            ValueRank.Uuid => value.AsUuid().GetHashCode(),
            ValueRank.Timestamp => value.AsTimestampTicks().GetHashCode(),
            ValueRank.Array => HashArray(value.AsArray().Span),
            ValueRank.Document => HashDocument(value.AsDocument()),
            _ => (int)rank,
        };
    }

    /// <summary>True when gt, lt and range can hold between the two: the same kind, or two numeric ones.</summary>
    public static bool SameClass(ValueKind left, ValueKind right) => RankOf(left) == RankOf(right);

    /// <summary>The class of a kind: values of different classes never satisfy gt, lt or range against each other.</summary>
    internal static ValueRank RankOf(ValueKind kind) => kind is >= ValueKind.Int64 and <= ValueKind.Decimal ? ValueRank.Number : (ValueRank)kind;

    internal static int CompareArrays(ReadOnlySpan<Value> left, ReadOnlySpan<Value> right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var common = Math.Min(left.Length, right.Length);
        for (var i = 0; i < common; i++)
            if (Compare(left[i], right[i]) is not 0 and var byElement) return byElement;
        return left.Length.CompareTo(right.Length);
    }

    internal static int CompareDocuments(Document left, Document right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var leftFields = InNameOrder(left);
        var rightFields = InNameOrder(right);
        var common = Math.Min(leftFields.Length, rightFields.Length);
        for (var i = 0; i < common; i++)
        {
            if (UnicodeText.CompareAsUtf8(leftFields[i].Key, rightFields[i].Key) is not 0 and var byName) return byName;
            if (Compare(leftFields[i].Value, rightFields[i].Value) is not 0 and var byValue) return byValue;
        }

        return leftFields.Length.CompareTo(rightFields.Length);
    }

    /// <summary>The fields sorted by the UTF-8 bytes of their names; the document's own array when they already are.</summary>
    internal static ReadOnlySpan<KeyValuePair<string, Value>> InNameOrder(Document document)
    {
        var fields = document.Fields;
        for (var i = 1; i < fields.Length; i++)
        {
            if (UnicodeText.CompareAsUtf8(fields[i - 1].Key, fields[i].Key) < 0) continue;
            var sorted = fields.ToArray();
            Array.Sort(sorted, static (x, y) => UnicodeText.CompareAsUtf8(x.Key, y.Key));
            return sorted;
        }

        return fields;
    }

    private static int CompareUuids(in Value left, in Value right)
    {
        Span<byte> leftBytes = stackalloc byte[16], rightBytes = stackalloc byte[16];
        left.AsUuid().TryWriteBytes(leftBytes, bigEndian: true, out _);
        right.AsUuid().TryWriteBytes(rightBytes, bigEndian: true, out _);
        return leftBytes.SequenceCompareTo(rightBytes);
    }

    private static int HashBytes(ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }

    private static int HashArray(ReadOnlySpan<Value> elements)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = new HashCode();
        foreach (ref readonly var element in elements) hash.Add(Hash(element));
        return hash.ToHashCode();
    }

    private static int HashDocument(Document document)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var sum = document.Count;
        foreach (var (name, value) in document.Fields)
            unchecked { sum += HashCode.Combine(name.GetHashCode(StringComparison.Ordinal), Hash(value)); }
        return sum;
    }
}

/// <summary>The classes of values in the total order: the kinds, with the four numeric ones as one.</summary>
internal enum ValueRank
{
    Missing = ValueKind.Missing,
    Null = ValueKind.Null,
    Bool = ValueKind.Bool,
    Number = ValueKind.Int64,
    String = ValueKind.String,
    Bytes = ValueKind.Bytes,
    Uuid = ValueKind.Uuid,
    Timestamp = ValueKind.Timestamp,
    Array = ValueKind.Array,
    Document = ValueKind.Document,
}
