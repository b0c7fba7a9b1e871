// The grammar of paths (drawn in FieldPath.cs), both ways: what is parsed and written again is the same text, with
// quotes exactly where a name needs them, so that paths can be compared, hashed and stored as text.

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace IngoDB.Model;

/// <summary>The grammar of paths (drawn in FieldPath.cs), both ways.</summary>
internal static class FieldPathText
{
    private const string Special = ".[]\"";

    public static bool TryParse(string text, [NotNullWhen(true)] out PathStep[]? steps, out bool startsAtElement, out bool fansOut)
    {
        var read = new List<PathStep>();
        var position = 0;
        steps = null;
        fansOut = false;
        startsAtElement = text == "$" || text.StartsWith("$.", StringComparison.Ordinal) || text.StartsWith("$[", StringComparison.Ordinal);
        if (startsAtElement) position = 1;
        else if (text.Length == 0 || (text[0] != '[' && !TryReadName(text, ref position, read))) return false;
        while (position < text.Length && !fansOut)
        {
            var understood = text[position] switch
            {
                '.' => ++position < text.Length && TryReadName(text, ref position, read),
                '[' => TryReadBracket(text, ref position, read, out fansOut),
                _ => false,
            };
            if (!understood) return false;
        }

        if (position < text.Length || read.Count > FieldPath.StepsMax || (read.Count == 0 && !startsAtElement)) return false;
        if (!startsAtElement && read[0].IsIndex) return false;
        steps = [.. read];
        return true;
    }

    public static string Format(ReadOnlySpan<PathStep> steps, bool startsAtElement, bool fansOut)
    {
        var text = new StringBuilder(startsAtElement ? "$" : "");
        foreach (var step in steps)
        {
            if (step.IsIndex) text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]");
            else if (NeedsQuotes(step.Name!)) text.Append("[\"").Append(step.Name!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\"]");
            else text.Append(text.Length == 0 ? "" : ".").Append(step.Name);
        }

        return text.Append(fansOut ? "[]" : "").ToString();
    }

    private static bool NeedsQuotes(string name) => name.Length == 0 || name == "$" || name.AsSpan().ContainsAny(Special);

    private static bool TryReadName(string text, ref int position, List<PathStep> steps)
    {
        var rest = text.AsSpan(position);
        var length = rest.IndexOfAny(Special) is >= 0 and var end ? end : rest.Length;
        if (length == 0) return false;
        steps.Add(new(rest[..length].ToString(), 0));
        position += length;
        return true;
    }

    private static bool TryReadBracket(string text, ref int position, List<PathStep> steps, out bool fansOut)
    {
        fansOut = false;
        position++;
        if (position >= text.Length) return false;
        if (text[position] == '"') return TryReadQuoted(text, ref position, steps);
        var length = text.AsSpan(position).IndexOf(']');
        if (length < 0) return false;
        var inside = text.AsSpan(position, length);
        position += length + 1;
        if (inside.IsEmpty)
        {
            fansOut = true;
            return true;
        }

        if (!int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        steps.Add(new(null, index));
        return true;
    }

    private static bool TryReadQuoted(string text, ref int position, List<PathStep> steps)
    {
        var name = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"')
            {
                steps.Add(new(name.ToString(), 0));
                position += 2;
                return position <= text.Length && text[position - 1] == ']';
            }

            if (text[position] == '\\' && (++position >= text.Length || text[position] is not ('"' or '\\'))) return false;
            name.Append(text[position]);
        }

        return false;
    }
}
