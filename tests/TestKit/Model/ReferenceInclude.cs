// Includes as nested loops over documents in memory: what a reader of the semantics would write.

using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Documents with those of others attached. Pure.</summary>
public static class ReferenceInclude
{
    /// <param name="documents">Results of a query, whole.</param>
    /// <param name="others">All documents of a collection by its name.</param>
    public static List<StoredDocument> Of(IEnumerable<StoredDocument> documents, IReadOnlyList<Include> includes, Func<string, IEnumerable<StoredDocument>> others)
        => Of(documents, includes, new ReferenceJoins(includes.Select(include => include.To.Collection).Distinct().ToDictionary(name => name, name => (IReadOnlyList<StoredDocument>)[.. others(name)])));

    /// <param name="documents">Results of a query, whole.</param>
    public static List<StoredDocument> Of(IEnumerable<StoredDocument> documents, IReadOnlyList<Include> includes, ReferenceJoins others)
        => [.. documents.Select(document => document with { Fields = includes.Aggregate(document.Fields, (fields, include) => fields.With(include.As, Attached(document, include, others))) })];

    private static Value Attached(StoredDocument document, Include include, ReferenceJoins others)
    {
        var found = others.Holding(include.To.Collection, include.To.Field, ReferenceJoins.Elements(include.Field, document)).Where(other => FilterEvaluator.Matches(include.Where, other)).Take(include.Limit ?? int.MaxValue);
        return Value.From([.. found.Select(other => Value.From(Document.Of([("_id", other.Id.ToValue()), .. Selected(other.Fields, include.Select).Select(field => (field.Key, field.Value))])))]);
    }

    /// <summary>Top-level names only, which is all that the tests select.</summary>
    private static Document Selected(Document fields, IReadOnlyList<FieldPath>? select)
        => select is null ? fields : Document.Of([.. select.Select(path => path.Text).Distinct().Where(fields.Contains).Select(name => (name, fields[name]))]);
}
