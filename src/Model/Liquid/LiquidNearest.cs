// The nearest valid name to a wrong one: what other query languages call the thing first, then the fewest edits. A
// caller that is told "did you mean eq?" fixes its request in one step; an agent, too.

namespace IngoDB.Model;

/// <summary>Finds what a caller probably meant.</summary>
public static class LiquidNearest
{
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["equals"] = "eq", ["equal"] = "eq", ["="] = "eq", ["=="] = "eq", ["is"] = "eq", ["!="] = "ne", ["<>"] = "ne", ["neq"] = "ne", [">"] = "gt", [">="] = "gte", ["ge"] = "gte",
        ["<"] = "lt", ["<="] = "lte", ["le"] = "lte", ["between"] = "range", ["notin"] = "nin", ["not_in"] = "nin", ["regex"] = "matches", ["regexp"] = "matches", ["like"] = "contains",
        ["startswith"] = "prefix", ["starts_with"] = "prefix", ["elemmatch"] = "any", ["some"] = "any", ["length"] = "size", ["isnull"] = "missing",
        ["find"] = "scan", ["query"] = "scan", ["search"] = "scan", ["select"] = "scan", ["group"] = "aggregate", ["count"] = "aggregate", ["graph"] = "traverse", ["lookup"] = "get",
        ["update"] = "patch", ["put"] = "upsert", ["save"] = "upsert", ["remove"] = "delete", ["batch"] = "bulk",
        ["filter"] = "where", ["predicate"] = "where", ["collection"] = "from", ["table"] = "from", ["order"] = "sort", ["orderby"] = "sort", ["order_by"] = "sort",
        ["fields"] = "select", ["projection"] = "select", ["columns"] = "select", ["offset"] = "skip", ["take"] = "limit", ["top"] = "limit", ["max"] = "limit", ["groupby"] = "by",
        ["aggregates"] = "compute", ["path"] = "field", ["key"] = "field", ["name"] = "field", ["values"] = "value", ["conditions"] = "args", ["filters"] = "args", ["direction"] = "dir",
        ["doc"] = "document", ["data"] = "document", ["_id"] = "id", ["timeout"] = "ms", ["function"] = "fn",
        ["int"] = "number", ["integer"] = "number", ["double"] = "number", ["boolean"] = "bool", ["datetime"] = "date", ["timestamp"] = "date", ["guid"] = "uuid", ["document"] = "object",
        ["average"] = "avg", ["mean"] = "avg", ["ascending"] = "asc", ["descending"] = "desc",
    };

    /// <summary>Null when nothing is near.</summary>
    public static string? To(string wrong, IEnumerable<string> valid)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        if (wrong.Length > 64) return null;
        var word = wrong.TrimStart('$');
        if (Synonyms.TryGetValue(word, out var synonym) && valid.Contains(synonym)) return synonym;
        var nearest = valid.MinBy(name => Distance(word, name));
        return nearest is not null && Distance(word, nearest) < Math.Max(word.Length, nearest.Length) ? nearest : null;
    }

    /// <summary>Levenshtein distance, ignoring case.</summary>
    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[right.Length];
    }
}
