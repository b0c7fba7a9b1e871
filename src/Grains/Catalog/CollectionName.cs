using System.Text.RegularExpressions;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Which names collections and databases may have. They are never used as paths.</summary>
internal static partial class CollectionName
{
    public static bool IsValid(string name) => Pattern().IsMatch(name);

    public static InvalidRequestException Refused(string name)
        => new("collection.bad_name", $"'{name}' is not a name for a collection: 1 to 128 of A-Z a-z 0-9 _ . : -", example: "movies");

    /// <summary>A database's name is part of grain keys and folder names, so it has fewer characters to choose from.</summary>
    public static bool IsValidDatabase(string name) => DatabasePattern().IsMatch(name);

    public static InvalidRequestException RefusedDatabase(string name)
        => new("database.bad_name", $"'{name}' is not a name for a database: 1 to 64 of a-z 0-9 _ -", example: "default");

    [GeneratedRegex(@"^[A-Za-z0-9_.:\-]{1,128}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[a-z0-9_\-]{1,64}\z", RegexOptions.NonBacktracking)]
    private static partial Regex DatabasePattern();
}
