using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace IngoDB.Model;

/// <summary>
/// The regular expression of a <c>matches</c> filter, compiled once per filter. Non-backtracking, so that its time is
/// linear in the text whatever the pattern; look-around and back-references do not exist there and are refused.
/// </summary>
public static class FilterPattern
{
    private static readonly ConditionalWeakTable<TextFilter, Regex> Compiled = [];

    /// <exception cref="InvalidRequestException"><c>query.bad_pattern</c>.</exception>
    public static Regex Of(TextFilter filter, string pointer = "") => Compiled.GetValue(filter, f => Compile(f, pointer));

    private static Regex Compile(TextFilter filter, string pointer)
    {
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (filter.Fold ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(filter.Value, options);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new InvalidRequestException("query.bad_pattern", $"Not a pattern: {error.Message}", pointer, suggestion: "No look-around and no back-references; contains and prefix need no pattern", example: "^The .* Wind$");
        }
    }
}
