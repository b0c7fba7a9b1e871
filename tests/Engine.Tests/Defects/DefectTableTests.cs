// docs/original-defects.md promises a test for every row. This reads the page and the sources and compares: every
// number has a row, every test that a row names exists in that file with that trait, and no trait is missing from the page.

using System.Globalization;
using System.Text.RegularExpressions;
using IngoDB.TestKit;

namespace IngoDB.Tests.Defects;

public sealed partial class DefectTableTests
{
    /// <summary>The original's list has no row 59.</summary>
    private static readonly int[] Rows = [.. Enumerable.Range(1, 73).Where(row => row != 59)];

    [Fact]
    public void Every_row_is_in_the_table() => Assert.Equal(Rows, Table().Select(t => t.Row).Distinct().Order());

    [Fact]
    public void The_table_names_exactly_the_tests_that_carry_its_numbers() => Assert.Equal(Traits().Order(), Table().Order());

    private static List<(int Row, string Test, string File)> Table()
    {
        var page = File.ReadAllText(Path.Combine(GoldenScript.Root, "docs/original-defects.md"));
        return [.. from Match row in TableRow().Matches(page)
            from Match test in NamedTest().Matches(row.Groups["tests"].Value)
            select (Number(row.Groups["row"].Value), test.Groups["name"].Value, test.Groups["file"].Value)];
    }

    private static List<(int Row, string Test, string File)> Traits()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(GoldenScript.Root, "tests"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        return [.. from file in sources
            from Match test in TraitOfTest().Matches(File.ReadAllText(file))
            select (Number(test.Groups["row"].Value), test.Groups["name"].Value, Path.GetRelativePath(GoldenScript.Root, file).Replace('\\', '/'))];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| (?<row>\d+) \|[^|]*\|(?<tests>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\[`(?<name>\w+)`\]\(\.\./(?<file>[^)]+)\)")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"Trait\(""Defect"", ""(?<row>\d+)""\)\]\s*(?:\[.*\]\s*)*public (?:static )?(?:async )?[\w<>]+ (?<name>\w+)\(")]
    private static partial Regex TraitOfTest();
}
