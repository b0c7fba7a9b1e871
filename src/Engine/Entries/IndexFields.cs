// What an index is over: one field, or several, first those that queries ask for one value of, then the ones they sort by or
// ask a stretch of. The text is what people, statistics and the catalog call it; it is canonical, and reads back as what it
// was made of, whatever names the fields have:
//
//   price            category+price            cast[]            ["a+b"]+c      (a field that is really named a+b)
//
// Two forms of an index do more, or less, and say so behind the fields:
//
//   category+price(name,stock)     covering: it carries these fields of each row, so the row is not gone to
//   category()                     covering, too: nothing but the field of the key is looked at, as by a count
//   price~hot                      partial: only the stretch of keys that is asked for again and again. Which one that is changes,
//                                  and is not part of the name; each index file says which it has

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using IngoDB.Model;

namespace IngoDB.Engine.Entries;

/// <summary>The fields of an index, in the order of its keys, and its form. Immutable; equal when the texts are.</summary>
public sealed class IndexFields : IEquatable<IndexFields>
{
    /// <summary>More would only repeat what fewer select.</summary>
    public const int CountMax = 4;

    /// <summary>What carries more is a second copy of the collection.</summary>
    public const int CarriedMax = 8;

    private const char Separator = '+';
    private const string Marks = "+~(),";

    /// <summary>What the text of a partial index ends with, before what it carries.</summary>
    internal const string Hot = "~hot";

    private IndexFields(ImmutableArray<FieldPath> paths, ImmutableArray<string>? carried, bool isPartial)
    {
        (Paths, Carried, IsCovering, IsPartial) = (paths, carried ?? [], carried is not null, isPartial);
        BaseText = string.Join(Separator, paths.Select(TextOf));
        Text = BaseText + (isPartial ? Hot : "") + (IsCovering ? $"({string.Join(',', Carried.Select(name => TextOf(FieldPath.OfField(name))))})" : "");
    }

    public ImmutableArray<FieldPath> Paths { get; }

    /// <summary>Names of top-level fields that each entry carries beside those of the key, ascending.</summary>
    public ImmutableArray<string> Carried { get; }

    /// <summary>It has entries for a hot stretch of keys only.</summary>
    public bool IsPartial { get; }

    /// <summary>E.g. <c>category+price</c>, <c>category+price(name)</c>, <c>price~hot</c>.</summary>
    public string Text { get; }

    /// <summary>The fields alone: what the index would be called if it were neither covering nor partial.</summary>
    public string BaseText { get; }

    public FieldPath First => Paths[0];

    public FieldPath Last => Paths[^1];

    public bool IsCompound => Paths.Length > 1;

    /// <summary>Entries carry the fields of the key, and <see cref="Carried"/>.</summary>
    public bool IsCovering { get; }

    /// <summary>What an entry carries, in fields: those of the key and the others, id and version taken for one; 0 when it is not covering.</summary>
    internal int FieldsCarried => IsCovering ? 1 + Paths.Length + Carried.Length : 0;

    /// <summary>A single path that ends in <c>[]</c>: an entry for each element.</summary>
    public bool FansOut => Paths[0].FansOut;

    /// <exception cref="InvalidRequestException"><c>index.bad_fields</c>.</exception>
    public static IndexFields Of(params ReadOnlySpan<FieldPath> paths) => TryOf(paths) ?? throw Bad();

    /// <exception cref="InvalidRequestException"><c>index.bad_fields</c> or <c>query.bad_path</c>.</exception>
    public static IndexFields Parse(string text)
    {
        if (TryParse(text, out var fields)) return fields;
        foreach (var part in Split(text, Separator)) FieldPath.Parse(part); // names the one that is none
        throw Bad();
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out IndexFields? fields)
    {
        fields = null;
        List<string>? carried = null;
        if (text.EndsWith(')'))
        {
            if (Split(text, '(') is not [var head, var tail]) return false;
            carried = [];
            foreach (var name in tail.Length == 1 ? [] : Split(tail[..^1], ','))
            {
                if (!FieldPath.TryParse(name, out var path) || path.FansOut || path.StepSpan is not [{ Name: { } field }]) return false;
                carried.Add(field);
            }

            text = head;
        }

        var isPartial = text.EndsWith(Hot, StringComparison.Ordinal);
        var paths = new List<FieldPath>();
        foreach (var part in Split(isPartial ? text[..^Hot.Length] : text, Separator))
        {
            if (!FieldPath.TryParse(part, out var path)) return false;
            paths.Add(path);
        }

        fields = TryOf([.. paths], carried, isPartial);
        return fields is not null;
    }

    /// <summary>Null when these fields make no index.</summary>
    internal static IndexFields? TryOf(ReadOnlySpan<FieldPath> paths) => TryOf(paths, carried: null, isPartial: false);

    /// <summary>The same with a form: fields of the key are carried anyway, others by name; what is partial is over one field.</summary>
    internal static IndexFields? TryOf(ReadOnlySpan<FieldPath> paths, IReadOnlyCollection<string>? carried, bool isPartial)
    {
        if (paths.Length is 0 or > CountMax) return null;
        for (var i = 0; i < paths.Length && paths.Length > 1; i++)
            if (paths[i].FansOut || paths[i].StartsAtElement || paths[i].IsId || paths[i].IsVersion || paths[..i].Contains(paths[i])) return null;
        if (isPartial && (paths.Length > 1 || paths[0].StartsAtElement || paths[0].IsId || paths[0].IsVersion)) return null;
        if (carried is null) return new([.. paths], null, isPartial);

        var ofKey = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (path.FansOut || path.StartsAtElement || path.IsId || path.IsVersion || path.StepSpan is not [{ Name: { } name }]) return null;
            ofKey.Add(name);
        }

        ImmutableArray<string> beside = [.. carried.Where(name => !ofKey.Contains(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return beside.Length > CarriedMax || beside.Any(name => name is FieldNames.Id or FieldNames.Version) ? null : new([.. paths], beside, isPartial);
    }

    /// <summary>The same index over the hot stretch only; null when there is no such form.</summary>
    internal IndexFields? AsPartial() => TryOf(Paths.AsSpan(), IsCovering ? Carried : null, isPartial: true);

    /// <summary>The text of the whole index that a partial one is a part of.</summary>
    internal static string WithoutHot(string text) => text.EndsWith(Hot, StringComparison.Ordinal) ? text[..^Hot.Length] : text;

    /// <summary>The text of an index on one field.</summary>
    internal static string TextOf(FieldPath path)
    {
        if (!path.Text.AsSpan().ContainsAny(Marks)) return path.Text;
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

    private static InvalidRequestException Bad()
        => new("index.bad_fields", $"An index is over one field, or over 2 to {CountMax} different fields of which none ends in [], is $ or is _id; it may carry up to {CarriedMax} other top-level fields, or, over one field, be partial.", example: "category+price, category+price(name), price~hot");

    // At the marks that do not stand in a quoted name.
    private static List<string> Split(string text, char mark)
    {
        var (parts, start, isQuoted) = (new List<string>(), 0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\') i++;
            else if (text[i] == '"') isQuoted = !isQuoted;
            else if (text[i] == mark && !isQuoted) (parts, start) = ([.. parts, text[start..i]], i + 1);
        }

        return [.. parts, text[start..]];
    }
}
