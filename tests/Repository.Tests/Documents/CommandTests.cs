// Two commands are the whole set-up. They stand in the README first, CI runs the second to the letter, and wherever else a
// page shows them they are the same, so that what was proven is what people type.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class CommandTests
{
    private const string Demo = "dotnet run -c Release --project src/Cli -- demo";
    private const string Test = "dotnet test IngoDB.Orleans.sln -c Release";

    [Fact]
    public void The_README_begins_with_the_two_commands() => Findings.None(FirstBlock(RepositoryFiles.Text("README.md")));

    [Fact]
    public void CI_runs_the_second_command_to_the_letter() => Findings.None(Runs(RepositoryFiles.Text(".ci/run")));

    [Fact]
    public void Every_page_writes_the_commands_the_same_way() => Findings.None(RepositoryFiles.Pages.SelectMany(Spelling));

    [Fact]
    public void A_README_with_a_third_command_is_found() => Findings.One(FirstBlock($"```sh\nnpm install\n{Demo}\n{Test}\n```"), "npm install");

    [Fact]
    public void A_CI_that_filters_is_found() => Findings.One(Runs($"{Test} --filter-trait Fast\n"), "does not run exactly");

    [Fact]
    public void Another_spelling_is_found() => Findings.One(Spelling(new("docs/a.md", "Then `dotnet test IngoDB.Orleans.sln` again.")), "dotnet test IngoDB.Orleans.sln");

    private static IEnumerable<Finding> FirstBlock(string readme)
    {
        var block = Fence().Match(readme).Groups["body"].Value;
        var commands = block.Split('\n').Select(l => l.Split(" #")[0].Trim()).Where(l => l.Length > 0).ToArray();
        if (!commands.SequenceEqual([Demo, Test])) yield return new("README.md", $"the first block is `{string.Join(" | ", commands)}`", $"It holds two lines: {Demo} and {Test}.");
    }

    private static IEnumerable<Finding> Runs(string script)
    {
        if (!Regex.IsMatch(script, $@"(^|\s){Regex.Escape(Test)}\s*($|[<>|2;&])", RegexOptions.Multiline)) yield return new(".ci/run", "does not run exactly the README's test command", $"Run `{Test}`: CI proves the command that people type.");
    }

    private static IEnumerable<Finding> Spelling(RepositoryFile page) =>
        Command().Matches(page.Text).Select(m => m.Value.Trim()).Where(c => !c.StartsWith(Demo, StringComparison.Ordinal) && c != Test)
            .Select(c => new Finding(page.Path, $"`{c}`", $"Write `{Demo}` or `{Test}`."));

    [GeneratedRegex(@"```\w*\n(?<body>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"dotnet test [^\n`#]*\.sln[^\n`#]*|dotnet run [^\n`#]*-- demo[^\n`#]*")]
    private static partial Regex Command();
}
