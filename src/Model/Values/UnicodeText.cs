// Strings order by their UTF-8 bytes, but live in memory as UTF-16, and the two orders differ: a surrogate pair
// (U+10000 and above, D800..DFFF in UTF-16, F0.. in UTF-8) sorts above U+E000..U+FFFF in UTF-8 and below it in
// UTF-16. One fix-up of the first unit that differs repairs it, so that nothing has to be encoded to be compared.
//
// A lone surrogate has no UTF-8 form at all; text that holds one is refused where it would be stored.

using System.Text;

namespace IngoDB.Model;

/// <summary>UTF-16 text seen as the UTF-8 that it will become.</summary>
internal static class UnicodeText
{
    public static int CompareAsUtf8(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var common = left.CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length.CompareTo(right.Length)
            : Utf8Rank(left[common]).CompareTo(Utf8Rank(right[common]));
    }

    /// <summary>False when a surrogate stands alone.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1])) return false;
            text = text[(at + 2)..];
        }

        return true;
    }

    /// <summary>The UTF-8 length of valid text.</summary>
    public static bool TryCountUtf8(ReadOnlySpan<char> text, out int bytes)
    {
        var valid = IsValid(text);
        bytes = valid ? Encoding.UTF8.GetByteCount(text) : 0;
        return valid;
    }

    public static InvalidRequestException BadUnicode(string what, string pointer = "")
        => new("document.bad_unicode", $"{what} holds half of a surrogate pair, which has no UTF-8 form.", pointer, suggestion: "Send whole characters, or $bytes for binary data");

    private static int Utf8Rank(char unit) => unit switch
    {
        < '\uD800' => unit,
        >= '\uE000' => unit - 0x800,
        _ => unit + 0x2000,
    };
}
