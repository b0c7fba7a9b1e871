// Filters on strings. Prefix and contains work on the UTF-8 as it lies in the row; folding and regular expressions
// need characters, so the text is widened into a buffer that is kept from row to row.

using System.Text;
using System.Text.RegularExpressions;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

internal sealed class TextNode(FieldAccess field, TextOperator op, string text) : FilterNode
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        if (value.Kind != ValueKind.String) return false;
        return op == TextOperator.Prefix ? value.Payload.StartsWith(_text) : value.Payload.IndexOf(_text) >= 0;
    }
}

/// <summary>The same, blind to case.</summary>
internal sealed class FoldedTextNode(FieldAccess field, TextOperator op, string text) : FilterNode
{
    private readonly TextBuffer _buffer = new();

    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        if (value.Kind != ValueKind.String) return false;
        var characters = _buffer.Widen(value.Payload);
        return op == TextOperator.Prefix
            ? characters.StartsWith(text, StringComparison.OrdinalIgnoreCase)
            : characters.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}

internal sealed class RegexNode(FieldAccess field, Regex regex) : FilterNode
{
    private readonly TextBuffer _buffer = new();

    public override bool Matches(in FilterInput input)
    {
        var value = field.Of(input);
        return value.Kind == ValueKind.String && regex.IsMatch(_buffer.Widen(value.Payload));
    }
}

/// <summary>UTF-8 as characters, in a buffer that grows to the longest text seen.</summary>
internal sealed class TextBuffer
{
    private char[] _characters = new char[128];

    public ReadOnlySpan<char> Widen(ReadOnlySpan<byte> utf8)
    {
        if (_characters.Length < utf8.Length) _characters = new char[utf8.Length * 2];
        return _characters.AsSpan(0, Encoding.UTF8.GetChars(utf8, _characters));
    }
}
