// A page of docs/formats and the constants it describes are written by different hands on different days. A page names the
// source files whose bytes it draws, and its tables `| Constant | Value |` (or Name) are compared with the constants there.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class FormatDocumentTests
{
    [Fact]
    public void The_constants_of_a_format_page_are_those_of_the_code() => Findings.None(FormatPages.SelectMany(p => Differences(p, SourcesOf(p))));

    [Fact]
    public void Every_format_has_a_page_that_names_it() =>
        Findings.None(Formats.Where(f => !FormatPages.Any(p => p.Text.Contains(f.Name, StringComparison.Ordinal)))
            .Select(f => new Finding(f.Path, "no page of docs/formats names it", $"Write docs/formats/….md: the picture, a table | Name | value | of its constants, and a link to {f.Name}.")));

    [Fact]
    public void A_constant_that_the_page_tells_wrongly_is_found() => Findings.One(Differences(Page("| `HeaderBytes` | 16 |"), [Code("public const int HeaderBytes = 4 * 3;")]), "HeaderBytes is 16");

    [Fact]
    public void Other_tables_tell_no_constants() => Findings.None(Differences(new("docs/formats/a.md", "| Bytes | What |\n|---|---|\n| 4 | length |\n"), [Code("")]));

    [Fact]
    public void A_constant_that_is_gone_from_the_code_is_found() => Findings.One(Differences(Page("| `HeaderBytes` | 16 |"), [Code("")]), "HeaderBytes is not");

    [Theory]
    [InlineData("| `Max` | 16 MiB |", "const int Max = 16 * 1024 * 1024;")]
    [InlineData("| `Max` | 16,777,216 |", "const long Max = 16L << 20;")]
    [InlineData("| `Max` | `0x40` |", "const byte Max = 64;")]
    [InlineData("| `Max` | 10_000 fields |", "const int Max = 10_000;")]
    [InlineData("| `Max` | `\"INGO\"` | text |", "static ReadOnlySpan<byte> Max => \"INGO\"u8;")]
    [InlineData("| `Max` | `HeaderBytes + 4` |", "const int HeaderBytes = 8; const int Max = HeaderBytes + 4;")]
    public void Values_are_compared_and_not_their_spelling(string row, string code) => Findings.None(Differences(Page(row), [Code(code)]));

    private static IEnumerable<RepositoryFile> FormatPages => RepositoryFiles.Pages.Where(p => p.Folder == "docs/formats" && p.Name != "README.md");

    /// <summary>The houses that write bytes; the formats of the command line are for people.</summary>
    private static IEnumerable<SourceFile> Formats => RepositoryFiles.Sources.Where(s => s.IsUnder("src") && !s.IsUnder("src/Cli") && s.Name.EndsWith("Format.cs", StringComparison.Ordinal));

    private static IReadOnlyList<SourceFile> SourcesOf(RepositoryFile page) => [.. RepositoryFiles.Sources.Where(f => f.IsUnder("src") && page.Text.Contains("/" + f.Path[4..], StringComparison.Ordinal))];

    private static IEnumerable<Finding> Differences(RepositoryFile page, IReadOnlyList<SourceFile> sources)
    {
        if (sources.Count == 0)
        {
            yield return new(page.Path, "links no source file", "Link the file whose bytes it draws: [WalFormat.cs](../../src/Engine/Wal/WalFormat.cs).");
            yield break;
        }

        var constants = sources.SelectMany(f => ConstantIn().Matches(f.Text)).GroupBy(m => m.Groups["name"].Value).ToDictionary(g => g.Key, g => g.First().Groups["value"].Value.Trim());
        foreach (var (name, told) in Rows(page.Text))
        {
            if (!constants.TryGetValue(name, out var real)) yield return new(page.Path, $"{name} is not a constant of {string.Join(", ", sources.Select(f => f.Name))}", "Rename or remove the row, or give the number its constant.");
            else if (!ConstantValue.Same(told, real, constants)) yield return new(page.Path, $"{name} is {told} here and {real} in the code", "One of the two is wrong; if it is the page, mend it, if it is the code, the format has a new version.");
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(string page) =>
        from Match table in Table().Matches(page)
        from line in table.Groups["rows"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let cells = line.Split('|')
        select (cells[1].Trim(' ', '`'), cells[2].Trim(' ', '`'));

    private static RepositoryFile Page(string row) => new("docs/formats/a.md", $"| Constant | Value |\n|---|---|\n{row}\n");

    private static SourceFile Code(string members) => new("src/Engine/AFormat.cs", members);

    [GeneratedRegex(@"^\|\s*(?:Constant|Name)\s*\|\s*[Vv]alue\s*\|[^\n]*\n\|[-|: ]+\|\n(?<rows>(?:\|[^\n]*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Table();

    [GeneratedRegex(@"(?:\bconst\s+[\w.]+\s+|static\s+ReadOnlySpan<byte>\s+)(?<name>\w+)\s*=>?\s*(?<value>[^;]+);")]
    private static partial Regex ConstantIn();
}
