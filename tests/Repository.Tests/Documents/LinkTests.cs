// A page that sends its reader to a file that has moved costs more trust than it gave. Every relative link of every page
// leads to something in the repository.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_between_pages_and_files_leads_somewhere() => Findings.None(RepositoryFiles.Pages.SelectMany(p => Dead(p, RepositoryFiles.Exists)));

    [Fact]
    public void A_heading_that_is_linked_exists() => Findings.None(RepositoryFiles.Pages.SelectMany(p => DeadHeadings(p, path => RepositoryFiles.Pages.FirstOrDefault(q => q.Path == path)?.Text)));

    [Fact]
    public void A_dead_link_is_found() => Findings.One(Dead(new("docs/a.md", "see [the log](../src/Gone.cs)"), _ => false), "src/Gone.cs");

    [Fact]
    public void A_dead_heading_is_found() => Findings.One(DeadHeadings(new("docs/a.md", "# One\nsee [two](#two)"), _ => null), "#two");

    [Fact]
    public void Addresses_of_the_web_are_not_followed() => Findings.None(Dead(new("docs/a.md", "[x](https://example.org/a) ![y](mailto:a@b)"), _ => false));

    private static IEnumerable<Finding> Dead(RepositoryFile page, Func<string, bool> exists) =>
        Targets(page).Where(t => t.Path.Length > 0 && !exists(t.Path)).Select(t => new Finding(page.Path, $"links to {t.Path}, which is not there", "Follow the file to where it lives now."));

    private static IEnumerable<Finding> DeadHeadings(RepositoryFile page, Func<string, string?> textOf) =>
        Targets(page).Where(t => t.Heading.Length > 0)
            .Select(t => (t.Heading, Text: t.Path.Length == 0 ? page.Text : textOf(t.Path)))
            .Where(t => t.Text is not null && !Heading().Matches(t.Text).Any(h => Anchor(h.Groups["title"].Value) == t.Heading))
            .Select(t => new Finding(page.Path, $"links to #{t.Heading}, which is no heading", "Link the heading as it is written now."));

    private static IEnumerable<(string Path, string Heading)> Targets(RepositoryFile page) =>
        from Match link in Link().Matches(page.Text)
        let target = link.Groups["target"].Value
        where !target.Contains(':', StringComparison.Ordinal)
        let parts = target.Split('#')
        select (parts[0].Length == 0 ? "" : Normalize(page.Folder, parts[0]), parts.Length > 1 ? parts[1] : "");

    private static string Normalize(string folder, string target) =>
        Path.GetRelativePath(RepositoryFiles.Root, Path.GetFullPath(RepositoryFiles.Absolute(Path.Combine(folder, target)))).Replace('\\', '/');

    private static string Anchor(string title) => NotInAnchor().Replace(title.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NotInAnchor();
}
