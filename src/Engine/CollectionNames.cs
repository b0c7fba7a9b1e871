using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Names of collections are names, never paths: <c>[A-Za-z0-9_.:-]{1,128}</c>.</summary>
internal static class CollectionNames
{
    private const int LengthMax = 128;

    /// <exception cref="InvalidRequestException"><c>collection.bad_name</c>.</exception>
    public static void Check(string name)
    {
        var good = name.Length is > 0 and <= LengthMax;
        foreach (var c in name) good &= char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':' or '-';
        if (!good)
            throw new InvalidRequestException("collection.bad_name", $"A collection's name has 1 to {LengthMax} of the characters A-Z a-z 0-9 _ . : - ; this one does not.", suggestion: "movies");
    }
}
