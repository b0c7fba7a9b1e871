// A newcomer should be able to stop after the header of a file and still know the idea. So a file of the product that is
// longer than a screen opens with its reason, before the usings, and none grows so long that it must hold two.

namespace IngoDB.Repository.Tests;

public sealed class FileHeaderTests
{
    private const int LinesWithoutHeaderMax = 40;
    private const int LinesMax = 400;

    [Fact]
    public void A_source_file_of_more_than_40_lines_opens_with_why_it_exists() => Findings.None(Product.SelectMany(WithoutHeader));

    [Fact]
    public void No_source_file_is_longer_than_400_lines() => Findings.None(Product.SelectMany(TooLong));

    [Fact]
    public void A_long_file_that_opens_with_a_using_is_found() => Findings.One(WithoutHeader(Lines("using System;", 41)), "opens with `using System;`");

    [Fact]
    public void A_header_may_follow_blank_lines_and_short_files_need_none() => Findings.None(WithoutHeader(Lines("\n// Why.", 60)).Concat(WithoutHeader(Lines("using System;", 40))));

    [Fact]
    public void A_file_of_401_lines_is_found() => Findings.One(TooLong(Lines("// Why.", 401)), "401 lines");

    private static IEnumerable<SourceFile> Product => RepositoryFiles.Sources.Where(s => s.IsUnder("src") && !s.IsGenerated);

    private static IEnumerable<Finding> WithoutHeader(SourceFile source)
    {
        var first = source.Lines.Select(l => l.Trim('\uFEFF', ' ', '\r')).FirstOrDefault(l => l.Length > 0) ?? "";
        if (LineCount(source) > LinesWithoutHeaderMax && (!first.StartsWith("//", StringComparison.Ordinal) || first.StartsWith("///", StringComparison.Ordinal)))
        {
            yield return new(source.Path, $"{LineCount(source)} lines and opens with `{first}`", "Open with a // comment above the usings: the problem, the idea, what it deliberately does not do.");
        }
    }

    private static IEnumerable<Finding> TooLong(SourceFile source)
    {
        if (LineCount(source) > LinesMax) yield return new(source.Path, $"{LineCount(source)} lines", "Look for the second noun hiding in it and give it a file.");
    }

    private static int LineCount(SourceFile source) => source.Text.TrimEnd('\n').Split('\n').Length;

    private static SourceFile Lines(string first, int count) => new("src/Engine/A.cs", first + string.Concat(Enumerable.Repeat("\n;", count - first.Split('\n').Length)));
}
