namespace IngoDB.Model;

/// <summary>The rule for names of collections: never a path, nothing that a shell or a URL would have to quote.</summary>
public static class CollectionName
{
    public const int CharactersMax = 128;

    /// <summary>Collections of grain state and of the database itself: everybody may read them, requests do not write them.</summary>
    public static bool IsReserved(string name)
        => name.StartsWith("grain:", StringComparison.Ordinal) || name.StartsWith("system:", StringComparison.Ordinal);

    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > CharactersMax) return false;
        foreach (var character in name)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '.' or ':' or '-')) return false;
        return true;
    }

    /// <exception cref="InvalidRequestException"><c>query.bad_name</c>, or <c>write.reserved_collection</c>.</exception>
    public static string Check(string name, bool forWriting, string pointer = "")
    {
        if (!IsValid(name))
            throw new InvalidRequestException("query.bad_name", $"A name has 1 to {CharactersMax} of the characters A-Z a-z 0-9 _ . : -", pointer, example: "movies, grain:user");
        if (forWriting && IsReserved(name))
            throw new InvalidRequestException("write.reserved_collection", $"'{name}' belongs to the database; names that begin with grain: or system: are not written by requests.", pointer, suggestion: "Choose another name");
        return name;
    }
}
