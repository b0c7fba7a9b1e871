// A rule about code must not trip over a comment that explains the rule, nor over a string that quotes it. This reader
// blanks comments, characters and strings, and keeps everything else, line breaks included, where it stands. The holes
// of an interpolated string are code and stay.
//
//     var id = $"#{Guid.NewGuid()}"; // never      →      var id =     Guid.NewGuid()
//
// It knows the forms of literals, not the grammar; #if is not evaluated.

namespace IngoDB.Repository.Tests;

internal sealed class CSharpText
{
    private readonly string text;
    private readonly char[] code;
    private int at;

    private CSharpText(string text)
    {
        this.text = text;
        code = [.. text.Select(c => c == '\n' ? '\n' : ' ')];
    }

    public static string CodeOf(string text)
    {
        var reader = new CSharpText(text);
        while (reader.at < text.Length) reader.ReadCode(inHole: false);
        return new string(reader.code);
    }

    private char Next(int ahead = 0) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private int Run(char c)
    {
        var n = 0;
        while (Next(n) == c) n++;
        return n;
    }

    /// <summary>Until the end; in a hole until the brace that closes it.</summary>
    private void ReadCode(bool inHole)
    {
        for (var depth = 0; at < text.Length;)
        {
            if (Next() == '/' && Next(1) == '/') SkipTo("\n", past: false);
            else if (Next() == '/' && Next(1) == '*') SkipTo("*/", past: true);
            else if (Next() == '\'') SkipCharacter();
            else if (Next() is '"' or '$' or '@' && LiteralPrefix() is var (prefix, dollars, verbatim)) SkipString(prefix, dollars, verbatim);
            else
            {
                if (inHole && Next() == '}' && depth-- == 0) return;
                if (Next() == '{') depth++;
                code[at] = text[at];
                at++;
            }
        }
    }

    private void SkipTo(string end, bool past)
    {
        var found = text.IndexOf(end, at + 2, StringComparison.Ordinal);
        at = found < 0 ? text.Length : found + (past ? end.Length : 0);
    }

    private void SkipCharacter()
    {
        at += Next(1) == '\\' ? 3 : 2;
        while (at < text.Length && text[at++] != '\'')
        {
        }
    }

    /// <summary>Null when the $ or @ begins an identifier or nothing of a string.</summary>
    private (int Length, int Dollars, bool Verbatim)? LiteralPrefix()
    {
        var (length, dollars, verbatim) = (0, 0, false);
        for (; Next(length) is '$' or '@'; length++)
        {
            if (Next(length) == '$') dollars++;
            else verbatim = true;
        }

        return Next(length) == '"' ? (length, dollars, verbatim) : null;
    }

    private void SkipString(int prefix, int dollars, bool verbatim)
    {
        at += prefix;
        var quotes = Run('"');
        var raw = quotes >= 3;
        if (!raw) quotes = 1;
        at += quotes;
        while (at < text.Length)
        {
            if (Next() == '"')
            {
                var run = Run('"');
                if (verbatim && !raw && run >= 2) at += 2;
                else if (run >= quotes)
                {
                    at += raw ? run : 1;
                    return;
                }
                else at += run;
            }
            else if (Next() == '\\' && !verbatim && !raw) at += 2;
            else if (Next() == '{' && dollars > 0) ReadBraces(raw ? dollars : 1);
            else at++;
        }
    }

    /// <summary>A hole is opened by <paramref name="opening"/> braces; in a plain string two of them are one brace of text.</summary>
    private void ReadBraces(int opening)
    {
        var run = Run('{');
        at += run;
        if (run < opening || (opening == 1 && run % 2 == 0)) return;
        ReadCode(inHole: true);
        at += Math.Min(opening, Run('}'));
    }
}
