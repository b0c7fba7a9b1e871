// Code in a page is code that people copy. Every C# block of every page stands, line by line, in a source file that the
// solution builds, so a page cannot show an API that is gone. samples/Snippets is the home of those that have no
// better one.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class SnippetTests
{
    [Fact]
    public void Every_code_block_of_a_page_compiles_somewhere() => Findings.None(RepositoryFiles.Pages.SelectMany(p => NotCompiled(p, RepositoryFiles.Sources)));

    [Fact]
    public void A_block_that_stands_nowhere_is_found() => Findings.One(NotCompiled(Page("var a = 1;\nvar c = 3;"), [Source("    var a = 1;\n    var b = 2;\n    var c = 3;")]), "var a = 1;");

    [Fact]
    public void Indentation_and_blank_lines_do_not_matter() => Findings.None(NotCompiled(Page("var a = 1;\n\nif (a > 0)\n    Go();"), [Source("{\n    var a = 1;\n    if (a > 0)\n        Go();\n}")]));

    private static IEnumerable<Finding> NotCompiled(RepositoryFile page, IEnumerable<SourceFile> sources)
    {
        var texts = sources.Select(s => Squeeze(s.Text)).ToList();
        return Block().Matches(page.Text).Select(m => m.Groups["code"].Value).Where(code => !texts.Any(t => t.Contains(Squeeze(code), StringComparison.Ordinal)))
            .Select(code => new Finding(page.Path, $"the block that begins `{code.Split('\n')[0]}` compiles nowhere", "Put it, line by line, into samples/Snippets, or show the lines that are there."));
    }

    /// <summary>Lines without indentation, blank ones left out, each ended so that a line is never found inside another.</summary>
    private static string Squeeze(string code) => "\n" + string.Concat(code.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Select(l => l + "\n"));

    private static RepositoryFile Page(string code) => new("docs/a.md", $"Text.\n```csharp\n{code}\n```\n");

    private static SourceFile Source(string code) => new("samples/A.cs", code);

    [GeneratedRegex(@"^```(?:csharp|cs)\n(?<code>.*?)\n```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
