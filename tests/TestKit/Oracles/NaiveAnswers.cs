using IngoDB.Model;

namespace IngoDB.Tests;

/// <summary>What the plainest reading of the semantics answers over all documents: filter, sort, skip and limit, in memory.</summary>
public static class NaiveAnswers
{
    public static List<StoredDocument> Of(ScanQuery question, IEnumerable<StoredDocument> documents)
        => [.. documents.Where(document => FilterEvaluator.Matches(question.Where, document)).Order(new ScanOrder(question.Sort)).Skip(question.Skip).Take(question.Limit ?? int.MaxValue)];
}
