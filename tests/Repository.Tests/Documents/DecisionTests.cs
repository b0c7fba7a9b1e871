// A decision that is not in the index is not found, and two under one number are confused. The form is three paragraphs:
// what the situation was, what was decided, what follows.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed class DecisionTests
{
    private const string Folder = "docs/decisions";

    [Fact]
    public void Every_decision_has_a_number_of_its_own_a_line_in_the_index_and_the_form() =>
        Findings.None(Check([.. RepositoryFiles.Pages.Where(p => p.Folder == Folder && p.Name != "README.md")], RepositoryFiles.Text(Folder + "/README.md")));

    [Fact]
    public void Two_decisions_of_one_number_are_found() => Findings.One(Check([Decision("0001-a.md"), Decision("0001-b.md")], "(0001-a.md) (0001-b.md)"), "0001 is taken");

    [Fact]
    public void A_decision_that_is_not_in_the_index_is_found() => Findings.One(Check([Decision("0001-a.md")], ""), "not in the index");

    [Fact]
    public void A_decision_without_consequences_is_found() => Findings.One(Check([Decision("0001-a.md") with { Text = "# 0001 A\n**Context.** **Decision.**" }], "(0001-a.md)"), "Consequences");

    private static IEnumerable<Finding> Check(IReadOnlyList<RepositoryFile> decisions, string index)
    {
        foreach (var same in decisions.GroupBy(d => d.Name[..4]).Where(g => g.Count() > 1)) yield return new(Folder, $"{same.Key} is taken {same.Count()} times", "Take the next free number.");
        foreach (var decision in decisions)
        {
            if (!index.Contains($"({decision.Name})", StringComparison.Ordinal)) yield return new(decision.Path, "is not in the index", $"Add a line to {Folder}/README.md.");
            if (!decision.Text.StartsWith($"# {decision.Name[..4]} ", StringComparison.Ordinal)) yield return new(decision.Path, "does not begin with its number", $"Begin with `# {decision.Name[..4]} …`.");
            foreach (var part in (string[])["Context", "Decision", "Consequences"])
            {
                if (!Regex.IsMatch(decision.Text, $@"^(\*\*{part}\b|#+ {part}\b)", RegexOptions.Multiline) && !decision.Text.Contains($"**{part}.**", StringComparison.Ordinal)) yield return new(decision.Path, $"has no {part}", "A decision is context, decision, consequences.");
            }
        }
    }

    private static RepositoryFile Decision(string name) => new($"{Folder}/{name}", $"# {name[..4]} A\n\n**Context.** a\n\n**Decision.** b\n\n**Consequences.** c\n");
}
