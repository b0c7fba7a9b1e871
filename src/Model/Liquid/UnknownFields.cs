namespace IngoDB.Model;

/// <summary>What is said about fields that a query names and no document has: nothing is refused for it.</summary>
public static class UnknownFields
{
    /// <param name="known">Names that documents have; nothing is said while there is none.</param>
    public static string[] Warnings(IReadOnlyList<(string Name, string Pointer)> fields, IReadOnlySet<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        if (known.Count == 0) return [];
        return [.. fields.Where(field => !known.Contains(field.Name)).DistinctBy(field => field.Name).Select(field => Told(field.Name, field.Pointer, known))];
    }

    private static string Told(string name, string pointer, IReadOnlySet<string> known)
    {
        var nearest = LiquidNearest.To(name, known.Order(StringComparer.Ordinal)) is { } near ? $"; the nearest that there is: '{near}'" : "";
        return $"No document of this database has a field '{(name.Length > 64 ? name[..64] + "..." : name)}' ({pointer}){nearest}.";
    }
}
