using IngoDB.Model;
using IngoDB.TestKit;

namespace IngoDB.Tests;

/// <summary>What the plainest reading of the semantics answers over all documents, in memory.</summary>
public static class NaiveAnswers
{
    public static List<StoredDocument> Of(ScanQuery question, IEnumerable<StoredDocument> documents)
        => [.. documents.Where(document => FilterEvaluator.Matches(question.Where, document)).Order(new ScanOrder(question.Sort)).Skip(question.Skip).Take(question.Limit ?? int.MaxValue)];

    /// <summary>Any query over collections that refer to each other.</summary>
    public static List<StoredDocument> Of(Query question, ReferenceJoins documents) => question switch
    {
        GetQuery get => Given(get.Ids.Select(id => documents.Find(get.From, id)).OfType<StoredDocument>(), get.Select, get.Include, documents),
        ScanQuery scan => Given(Of(scan, documents.Of(scan.From)), scan.Select, scan.Include, documents),
        AggregateQuery aggregate => ReferenceAggregate.Of(documents.Of(aggregate.From), aggregate),
        TraverseQuery traverse => new ReferenceGraph(documents).Traverse(traverse),
        PathQuery path => [.. new ReferencePaths(documents).Find(path).Select(fields => new StoredDocument(new("path"), DocumentVersion.None, fields))],
        _ => throw new InvalidOperationException("no plain reading of such a query"),
    };

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

    /// <summary>With what is attached to them, and without what is not selected; top-level names only.</summary>
    private static List<StoredDocument> Given(IEnumerable<StoredDocument> found, IReadOnlyList<FieldPath>? select, IReadOnlyList<Include> includes, ReferenceJoins documents)
    {
        var whole = includes.Count == 0 ? [.. found] : ReferenceInclude.Of(found, includes, documents);
        if (select is null) return whole;
        var names = select.Select(path => path.Text).Concat(includes.Select(include => include.As)).ToHashSet();
        return whole.ConvertAll(document => document with { Fields = Document.Of([.. document.Fields.Where(field => names.Contains(field.Key)).Select(field => (field.Key, field.Value))]) });
    }

    private static string Text(StoredDocument document) => $"{document.Id} {ReferenceAggregate.Exact(document.Fields)}";
}
