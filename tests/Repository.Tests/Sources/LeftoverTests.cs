// What a reader must not find in a finished tree: notes to ourselves, bodies that throw, tests that never run, paths of
// the machine somebody wrote it on. Words are assembled here, so that this file passes its own rules.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed class LeftoverTests
{
    private static readonly Regex Note = new(@"\b(" + "TO" + "DO|FIX" + "ME|HA" + "CK|XX" + @"X)\b");
    private static readonly Regex Unfinished = new(@"\bNotImplemented" + @"Exception\b|^// STU" + "B |\"not" + @"\.yet""", RegexOptions.Multiline);
    private static readonly Regex Skipped = new(@"\[\s*(Fact|Theory)\s*\([^\]]*\bSkip\s*=");
    private static readonly Regex Vacuous = new(@"\bAssert\.(True\(\s*true\s*[,)]|False\(\s*false\s*[,)]|Pass\b)");
    private static readonly Regex MachinePath = new("(?<![\\w~$}.])/(" + "wo" + "rk|ro" + "ot|ho" + "me|Us" + "ers|fa" + "rm)/");

    [Fact]
    public void No_notes_to_ourselves() => Findings.None(RepositoryFiles.Sources.SelectMany(s => Matches(s, s.Text, Note, "Do it, or write it into an issue.")));

    [Fact]
    public void Nothing_unfinished() => Findings.None(RepositoryFiles.Sources.Where(s => s.IsUnder("src")).SelectMany(s => Matches(s, s.Text, Unfinished, "Write the body: nothing that the language can say is answered with 'not yet'.")));

    [Fact]
    public void No_test_is_skipped_for_good() => Findings.None(Tests.SelectMany(s => Matches(s, s.Code, Skipped, "Mend or remove it; a test whose tool is absent uses Assert.SkipUnless with the line that installs the tool.")));

    [Fact]
    public void No_test_asserts_nothing() => Findings.None(Tests.SelectMany(s => Matches(s, s.Code, Vacuous, "Assert what the name of the test says.")));

    [Fact]
    public void No_path_of_somebodys_machine() =>
        Findings.None(RepositoryFiles.Sources.Concat<RepositoryFile>(RepositoryFiles.Pages).Concat(RepositoryFiles.Projects).Append(new(".ci/run", RepositoryFiles.Text(".ci/run")))
            .SelectMany(f => Matches(f, f.Text, MachinePath, "Use a path relative to the repository, or a temporary folder.")));

    [Fact]
    public void Each_kind_of_leftover_is_found()
    {
        Findings.One(Matches(Source("// TO" + "DO: later"), "// TO" + "DO: later", Note, "x"), "TO" + "DO");
        Findings.One(Matches(Source(""), "throw new NotImplemented" + "Exception();", Unfinished, "x"), "NotImplemented");
        Findings.One(Matches(Source(""), "[Fact(Sk" + "ip = \"later\")]", Skipped, "x"), "Skip");
        Findings.One(Matches(Source(""), "[Theory(DisplayName = \"a\", Skip = \"later\")]", Skipped, "x"), "Skip");
        Findings.One(Matches(Source(""), "Assert.True(tr" + "ue);", Vacuous, "x"), "Assert.True");
        Findings.One(Matches(Source(""), "see /ho" + "me/somebody/notes", MachinePath, "x"), "/ho" + "me/");
    }

    [Fact]
    public void Likenesses_are_fine()
    {
        Findings.None(Matches(Source(""), "HackerNews, mastodon", Note, "x"));
        Findings.None(Matches(Source(""), "Assert.True(trueAnswer); Assert.SkipUnless(x, \"\")", Vacuous, "x"));
        Findings.None(Matches(Source(""), "src/wo" + "rk/a ~/ho" + "me/b", MachinePath, "x"));
    }

    private static IEnumerable<SourceFile> Tests => RepositoryFiles.Sources.Where(s => s.IsUnder("tests"));

    private static SourceFile Source(string text) => new("src/Engine/A.cs", text);

    private static IEnumerable<Finding> Matches(RepositoryFile file, string text, Regex pattern, string instead) =>
        pattern.Matches(text).Select(m => new Finding($"{file.Path}:{text.AsSpan(0, m.Index).Count('\n') + 1}", $"`{m.Value.Trim()}`", instead));
}
