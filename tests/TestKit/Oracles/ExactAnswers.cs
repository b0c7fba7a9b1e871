// Two answers are the same when their documents are, one by one and to the type of every number: 5 and 5.0 compare equal and are two
// answers. Compared value by value, since answers of tens of thousands of documents are too long to be written as texts.

using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>Compares what came back with what a plain reading expects. Pure.</summary>
public static class ExactAnswers
{
    /// <summary>Where they begin to differ, in words; null when they do not.</summary>
    /// <param name="isBeginning">What was found is only the first part of the answer.</param>
    public static string? Difference(Query question, IReadOnlyList<StoredDocument> expected, IReadOnlyList<StoredDocument> found, bool isBeginning = false)
    {
        for (var i = 0; i < Math.Min(expected.Count, found.Count); i++)
            if (!Same(question, expected[i], found[i])) return $"result {i} of {expected.Count}, found {found.Count}\nexpected {Told(expected[i])}\n   found {Told(found[i])}";
        if (found.Count == expected.Count || (isBeginning && found.Count < expected.Count)) return null;
        var next = found.Count < expected.Count ? $"next were {Told(expected[found.Count])}" : $"too many is {Told(found[expected.Count])}";
        return $"expected {expected.Count} results, found {found.Count}; {next}";
    }

    /// <summary>Documents have ids and versions; what is computed has its fields alone.</summary>
    private static bool Same(Query question, StoredDocument expected, StoredDocument found)
    {
        var isDocument = question is GetQuery or ScanQuery or TraverseQuery { Emit: EmitMode.Nodes or EmitMode.Leaves };
        return (!isDocument || (expected.Id == found.Id && expected.Version == found.Version)) && Same(expected.Fields, found.Fields);
    }

    private static bool Same(Document expected, Document found)
    {
        if (expected.Count != found.Count) return false;
        foreach (var (name, value) in expected)
            if (!Same(value, found[name])) return false;
        return true;
    }

    private static bool Same(in Value expected, in Value found)
    {
        if (expected.Kind != found.Kind) return false;
        switch (expected.Kind)
        {
            case ValueKind.Document: return Same(expected.AsDocument(), found.AsDocument());
            case ValueKind.Double: return BitConverter.DoubleToInt64Bits(expected.AsDouble()) == BitConverter.DoubleToInt64Bits(found.AsDouble());
            case ValueKind.Decimal: return decimal.GetBits(expected.AsDecimal()).AsSpan().SequenceEqual(decimal.GetBits(found.AsDecimal()));
            case ValueKind.Array:
                var (left, right) = (expected.AsArray(), found.AsArray());
                if (left.Length != right.Length) return false;
                for (var i = 0; i < left.Length; i++)
                    if (!Same(left.Span[i], right.Span[i])) return false;
                return true;
            default: return expected == found;
        }
    }

    private static string Told(StoredDocument document) => $"{document.Id}@{document.Version} {TestKit.ReferenceAggregate.Exact(document.Fields)}";
}
