// Includes as nested loops over documents in memory: what a reader of the semantics would write.

using IngoDB.Model;

namespace IngoDB.TestKit;

/// <summary>Documents with those of others attached. Pure.</summary>
public static class ReferenceInclude
{
    /// <param name="documents">Results of a query, whole.</param>
    /// <param name="others">All documents of a collection by its name.</param>
    public static List<StoredDocument> Of(IEnumerable<StoredDocument> documents, IReadOnlyList<Include> includes, Func<string, IEnumerable<StoredDocument>> others)
        => [.. documents.Select(document => document with { Fields = includes.Aggregate(document.Fields, (fields, include) => fields.With(include.As, Attached(document, include, others(include.To.Collection)))) })];

    private static Value Attached(StoredDocument document, Include include, IEnumerable<StoredDocument> others)
    {
        var wanted = Elements(include.Field, document);
        var found = others.Where(other => Elements(include.To.Field, other).Any(wanted.Contains) && FilterEvaluator.Matches(include.Where, other)).OrderBy(other => other.Id).Take(include.Limit ?? int.MaxValue);
        return Value.From([.. found.Select(other => Value.From(Document.Of([("_id", other.Id.ToValue()), .. Selected(other.Fields, include.Select).Select(field => (field.Key, field.Value))])))]);
    }

    private static List<Value> Elements(FieldPath path, StoredDocument document)
    {
        var value = path.WithoutFanOut.In(document);
        return value.Kind == ValueKind.Array ? [.. value.AsArray().ToArray().Where(element => !element.IsNull)] : value.IsMissing || value.IsNull ? [] : [value];
    }

    /// <summary>Top-level names only, which is all that the tests select.</summary>
    private static Document Selected(Document fields, IReadOnlyList<FieldPath>? select)
        => select is null ? fields : Document.Of([.. select.Select(path => path.Text).Distinct().Where(fields.Contains).Select(name => (name, fields[name]))]);
}
