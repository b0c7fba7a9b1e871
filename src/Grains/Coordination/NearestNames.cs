using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>"There is no 'movis'. Did you mean 'movies'?"</summary>
internal static class NearestNames
{
    private const int NamesMax = 3;

    public static InvalidRequestException NotFound(DatabaseMap map, string name, string pointer)
    {
        var nearest = map.Database.Collections.Select(c => c.Name).OrderBy(n => Distance(name, n)).ThenBy(n => n, StringComparer.Ordinal).Take(NamesMax).ToList();
        return new("collection.not_found", $"There is no collection '{name}' in '{map.Name}'.", pointer, nearest.Count == 0 ? "Write a document, and its collection is made" : string.Join(", ", nearest));
    }

    /// <summary>Levenshtein distance, ignoring case.</summary>
    public static int Distance(string left, string right)
    {
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) previous[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + change);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
