namespace IngoDB.Repository.Tests;

/// <summary>A symbol that may not be written in some folders, what to use instead, and the few files that are the reason it exists.</summary>
/// <param name="Except">Path prefixes, each with a comment in <see cref="BannedSymbolTests"/> that says why.</param>
internal sealed record BannedSymbol(string Pattern, string[] In, string Instead, params string[] Except)
{
    public IEnumerable<Finding> FindIn(SourceFile source)
    {
        if (!In.Any(source.IsUnder) || Except.Any(e => source.Path.StartsWith(e, StringComparison.Ordinal))) return [];
        return System.Text.RegularExpressions.Regex.Matches(source.Code, Pattern)
            .Select(m => new Finding($"{source.Path}:{source.Code.AsSpan(0, m.Index).Count('\n') + 1}", $"`{m.Value.Trim()}`", Instead));
    }
}
