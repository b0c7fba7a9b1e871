// STUB of the contract.
namespace IngoDB.Model;

/// <summary>
/// Where a value stands in a document: <c>a.b.c</c>, <c>items[0].sku</c>, <c>["a.b"]</c>, <c>$</c> (the element inside any),
/// and a trailing <c>[]</c> that fans an array out. Parsed once, compared by text.
/// </summary>
public sealed class FieldPath : IEquatable<FieldPath>
{
    private FieldPath(string text) => Text = text;

    /// <summary>The canonical text, e.g. <c>address.city</c>.</summary>
    public string Text { get; }

    /// <summary>Name (string) or index (int ≥ 0) steps, from the outside in.</summary>
    public IReadOnlyList<PathStep> Steps => throw new NotImplementedException();

    /// <summary>The path ends in <c>[]</c>: arrays at its end fan out into their elements.</summary>
    public bool FansOut => throw new NotImplementedException();

    /// <summary>The same path without the trailing <c>[]</c>.</summary>
    public FieldPath WithoutFanOut => throw new NotImplementedException();

    public bool IsId => Text == FieldNames.Id;

    public bool IsVersion => Text == FieldNames.Version;

    /// <summary><c>$</c>: the array element inside <c>any</c>.</summary>
    public bool IsElement => Text == "$";

    /// <exception cref="InvalidRequestException"><c>query.bad_path</c>.</exception>
    public static FieldPath Parse(string text, string pointer = "") => throw new NotImplementedException();

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FieldPath? path) => throw new NotImplementedException();

    /// <summary>The value at this path of a decoded document; Missing when it is not there.</summary>
    public Value In(Document document) => throw new NotImplementedException();

    /// <summary>The same, seeing <c>_id</c> and <c>_version</c>.</summary>
    public Value In(StoredDocument document) => throw new NotImplementedException();

    public bool Equals(FieldPath? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as FieldPath);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    public static implicit operator FieldPath(string text) => Parse(text);
}

/// <summary>One step of a path: a field name, or an array index.</summary>
public readonly record struct PathStep(string? Name, int Index)
{
    public bool IsIndex => Name is null;
}
