// Where a value stands in a document. The text is made canonical when it is parsed, so that two spellings of one
// place ("a.b" and a["b"]) are equal, learn the same index and share a plan:
//
//   path   = first step* "[]"?            first  = name | quoted | "$"       (an empty tail is allowed after "$")
//   step   = "." name | quoted | "[" digits "]"
//   name   = one or more characters other than . [ ] "
//   quoted = ["..."] with \" and \\ for the two characters that need it
//
// "$" is the array element that the nearest enclosing `any` looks at; inside it a path without "$" is relative to
// the element too. A field that is really named $ is reached by ["$"].

using System.Diagnostics.CodeAnalysis;

namespace IngoDB.Model;

/// <summary>
/// Where a value stands in a document: <c>a.b.c</c>, <c>items[0].sku</c>, <c>["a.b"]</c>, <c>$</c> (the element inside any),
/// and a trailing <c>[]</c> that fans an array out. Parsed once, compared by text.
/// </summary>
public sealed class FieldPath : IEquatable<FieldPath>
{
    public const int CharactersMax = 512;
    public const int StepsMax = RowFormat.NestingMax;

    private readonly PathStep[] _steps;
    private ulong _textHash;

    private FieldPath(PathStep[] steps, bool startsAtElement, bool fansOut)
    {
        _steps = steps;
        StartsAtElement = startsAtElement;
        FansOut = fansOut;
        Text = FieldPathText.Format(steps, startsAtElement, fansOut);
    }

    /// <summary>The canonical text, e.g. <c>address.city</c>.</summary>
    public string Text { get; }

    /// <summary>Of the text, the same in every process and version, made when it is first asked for: statistics find what they know of a path by it.</summary>
    public ulong TextHash => _textHash != 0 ? _textHash : _textHash = HashOf(Text);

    /// <summary>Name (string) or index (int ≥ 0) steps, from the outside in; <c>$</c> itself is not a step.</summary>
    public IReadOnlyList<PathStep> Steps => _steps;

    /// <summary>The same steps, for loops.</summary>
    public ReadOnlySpan<PathStep> StepSpan => _steps;

    /// <summary>The path begins with <c>$</c>.</summary>
    public bool StartsAtElement { get; }

    /// <summary>The path ends in <c>[]</c>: arrays at its end fan out into their elements.</summary>
    public bool FansOut { get; }

    /// <summary>The same path without the trailing <c>[]</c>.</summary>
    public FieldPath WithoutFanOut => FansOut ? new(_steps, StartsAtElement, fansOut: false) : this;

    public bool IsId => Text == FieldNames.Id;

    public bool IsVersion => Text == FieldNames.Version;

    /// <summary><c>$</c>: the array element inside <c>any</c>.</summary>
    public bool IsElement => Text == "$";

    /// <exception cref="InvalidRequestException"><c>query.bad_path</c>.</exception>
    public static FieldPath Parse(string text, string pointer = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var path)
            ? path
            : throw new InvalidRequestException("query.bad_path", $"'{(text.Length > 64 ? text[..64] + "..." : text)}' is not a path of at most {CharactersMax} characters.", pointer, example: "address.city, items[0].sku, [\"a.b\"]");
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out FieldPath? path)
    {
        path = text.Length <= CharactersMax && FieldPathText.TryParse(text, out var steps, out var startsAtElement, out var fansOut)
            ? new(steps, startsAtElement, fansOut)
            : null;
        return path is not null;
    }

    /// <summary>The path of one top-level field, whatever characters its name has.</summary>
    public static FieldPath OfField(string name) => new([new(name, 0)], startsAtElement: false, fansOut: false);

    /// <summary>The value at this path of a decoded document; Missing when it is not there.</summary>
    public Value In(Document document) => !StartsAtElement && _steps is [{ Name: { } name }, ..] ? Follow(document[name], _steps.AsSpan(1)) : Value.Missing;

    /// <summary>The same, seeing <c>_id</c> and <c>_version</c>.</summary>
    public Value In(StoredDocument document) => !StartsAtElement && _steps is [{ Name: { } name }, ..] ? Follow(document[name], _steps.AsSpan(1)) : Value.Missing;

    /// <summary>The value at this path seen from an array element, as inside <c>any</c>.</summary>
    public Value InElement(in Value element) => Follow(element, _steps);

    public bool Equals(FieldPath? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as FieldPath);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    public static implicit operator FieldPath(string text) => Parse(text);

    // Never 0, which means that none was made yet. A multiplication for each character, and the upper half folded into the lower at the end.
    private static ulong HashOf(string text)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (var character in text) hash = (hash ^ character) * 0x9E37_79B9_7F4A_7C15;
        return (hash ^ (hash >> 32)) | 1;
    }

    private static Value Follow(Value value, ReadOnlySpan<PathStep> steps)
    {
        foreach (var step in steps)
        {
            value = step.IsIndex
                ? value.Kind == ValueKind.Array && step.Index < value.AsArray().Length ? value.AsArray().Span[step.Index] : Value.Missing
                : value.Kind == ValueKind.Document ? value.AsDocument()[step.Name!] : Value.Missing;
        }

        return value;
    }
}

/// <summary>One step of a path: a field name, or an array index.</summary>
public readonly record struct PathStep(string? Name, int Index)
{
    public bool IsIndex => Name is null;
}
