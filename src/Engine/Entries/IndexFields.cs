// What an index is over: one field, or several, first those that queries ask for one value of, then the one they sort by or
// ask a stretch of. The text is what people, statistics and the catalog call it; it is canonical, and reads back as what it
// was made of, whatever names the fields have:
//
//   price            category+price            cast[]            ["a+b"]+c      (a field that is really named a+b)

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>The fields of an index, in the order of its keys. Immutable; equal when the texts are.</summary>
public sealed class IndexFields : IEquatable<IndexFields>
{
    /// <summary>More would only repeat what fewer select.</summary>
    public const int CountMax = 4;

    private const char Separator = '+';

    private IndexFields(ImmutableArray<FieldPath> paths)
    {
        Paths = paths;
        Text = string.Join(Separator, paths.Select(TextOf));
    }

    public ImmutableArray<FieldPath> Paths { get; }

    /// <summary>E.g. <c>category+price</c>.</summary>
    public string Text { get; }

    public FieldPath First => Paths[0];

    public FieldPath Last => Paths[^1];

    public bool IsCompound => Paths.Length > 1;

    /// <summary>A single path that ends in <c>[]</c>: an entry for each element.</summary>
    public bool FansOut => Paths[0].FansOut;

    /// <exception cref="InvalidRequestException"><c>index.bad_fields</c>.</exception>
    public static IndexFields Of(params ReadOnlySpan<FieldPath> paths)
        => TryOf(paths) ?? throw new InvalidRequestException("index.bad_fields", $"An index is over one field, or over 2 to {CountMax} different fields of which none ends in [], is $ or is _id.", example: "category+price");

    /// <exception cref="InvalidRequestException"><c>index.bad_fields</c> or <c>query.bad_path</c>.</exception>
    public static IndexFields Parse(string text) => Of([.. Split(text).Select(part => FieldPath.Parse(part))]);

    public static bool TryParse(string text, [NotNullWhen(true)] out IndexFields? fields)
    {
        fields = null;
        var paths = new List<FieldPath>();
        foreach (var part in Split(text))
        {
            if (!FieldPath.TryParse(part, out var path)) return false;
            paths.Add(path);
        }

        fields = TryOf([.. paths]);
        return fields is not null;
    }

    /// <summary>Null when these fields make no index.</summary>
    internal static IndexFields? TryOf(ReadOnlySpan<FieldPath> paths)
    {
        if (paths.Length is 0 or > CountMax) return null;
        if (paths.Length == 1) return new([paths[0]]);
        for (var i = 0; i < paths.Length; i++)
            if (paths[i].FansOut || paths[i].StartsAtElement || paths[i].IsId || paths[i].IsVersion || paths[..i].Contains(paths[i])) return null;
        return new([.. paths]);
    }

    /// <summary>The text of an index on one field.</summary>
    internal static string TextOf(FieldPath path)
    {
        if (!path.Text.Contains(Separator, StringComparison.Ordinal)) return path.Text;
        var text = new StringBuilder();
        foreach (var step in path.Steps)
        {
            if (step.IsIndex) text.Append('[').Append(step.Index).Append(']');
            else text.Append("[\"").Append(step.Name!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\"]");
        }

        return path.FansOut ? text.Append("[]").ToString() : text.ToString();
    }

    public bool Equals(IndexFields? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as IndexFields);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // At the separators that do not stand in a quoted name.
    private static List<string> Split(string text)
    {
        var (parts, start, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\') i++;
            else if (text[i] == '"') isQuoted = !isQuoted;
            else if (text[i] == Separator && !isQuoted) (parts, start) = ([.. parts, text[start..i]], i + 1);
        }

        return [.. parts, text[start..]];
    }
}
