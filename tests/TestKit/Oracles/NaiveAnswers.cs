using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests;

/// <summary>What the plainest reading of the semantics answers over all documents, in memory.</summary>
public static class NaiveAnswers
{
    public static List<StoredDocument> Of(ScanQuery question, IEnumerable<StoredDocument> documents)
        => [.. documents.Where(document => FilterEvaluator.Matches(question.Where, document)).Order(new ScanOrder(question.Sort)).Skip(question.Skip).Take(question.Limit ?? int.MaxValue)];

    /// <summary>Results of an aggregate or a traversal over one collection, exact to the types of numbers.</summary>
    public static List<string> Told(Query question, IReadOnlyCollection<StoredDocument> documents) => question switch
    {
        AggregateQuery aggregate => [.. ReferenceAggregate.Of(documents, aggregate).Select(result => ReferenceAggregate.Exact(result.Fields))],
        TraverseQuery traverse => [.. new ReferenceGraph(new Dictionary<string, IReadOnlyList<StoredDocument>> { [traverse.From] = [.. documents.OrderBy(document => document.Id)] }).Traverse(traverse).Select(Text)],
        _ => throw new InvalidOperationException("no plain reading of such a query"),
    };

    /// <summary>What came back, to be compared with that.</summary>
    public static List<string> Found(Query question, IEnumerable<StoredDocument> found)
        => [.. found.Select(document => question is AggregateQuery ? ReferenceAggregate.Exact(document.Fields) : Text(document))];

    private static string Text(StoredDocument document) => $"{document.Id} {ReferenceAggregate.Exact(document.Fields)}";
}
