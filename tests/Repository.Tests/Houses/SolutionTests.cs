// `dotnet test IngoDB.Orleans.sln` runs what the solution lists, and nothing else: a project that is not listed is a
// project that is never tested. The one exception is listed with its build off: src/AppHost needs Aspire's packages, and a
// machine without them must restore, build and test everything else untouched.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class SolutionTests
{
    private const string NotBuilt = "src/AppHost/AppHost.csproj";

    [Fact]
    public void The_solution_lists_every_project_and_builds_all_but_the_AppHost() => Findings.None(Check(RepositoryFiles.Text("IngoDB.Orleans.sln"), RepositoryFiles.Projects.Select(p => p.Path)));

    [Fact]
    public void A_project_that_is_not_listed_is_found() => Findings.One(Check("", ["src/Model/Model.csproj"]), "is not in the solution");

    [Fact]
    public void A_project_that_is_listed_but_not_built_is_found() => Findings.One(Check(Entry("src\\Model\\Model.csproj", built: false), ["src/Model/Model.csproj"]), "is not built");

    [Fact]
    public void An_AppHost_that_is_built_is_found() => Findings.One(Check(Entry("src\\AppHost\\AppHost.csproj", built: true), [NotBuilt]), "is built with the solution");

    [Fact]
    public void A_project_that_is_gone_but_still_listed_is_found() => Findings.One(Check(Entry("src\\Model\\Model.csproj", built: true), []), "does not exist");

    private static IEnumerable<Finding> Check(string solution, IEnumerable<string> projects)
    {
        const string byHand = "Edit IngoDB.Orleans.sln by hand (`dotnet sln add` evaluates the AppHost and fails without Aspire): a Project line, ActiveCfg lines and, for all but the AppHost, Build.0 lines.";
        var listed = ProjectLine().Matches(solution).ToDictionary(m => m.Groups["path"].Value.Replace('\\', '/'), m => m.Groups["id"].Value);
        foreach (var project in projects)
        {
            if (!listed.Remove(project, out var id))
            {
                yield return new(project, "is not in the solution", byHand);
                continue;
            }

            var built = solution.Contains($"{{{id}}}.Release|Any CPU.Build.0", StringComparison.Ordinal) && solution.Contains($"{{{id}}}.Debug|Any CPU.Build.0", StringComparison.Ordinal);
            if (project == NotBuilt && solution.Contains($"{{{id}}}.Release|Any CPU.Build.0", StringComparison.Ordinal)) yield return new(project, "is built with the solution", byHand);
            if (project != NotBuilt && !built) yield return new(project, "is not built with the solution", byHand);
        }

        foreach (var gone in listed.Keys) yield return new("IngoDB.Orleans.sln", $"{gone} does not exist", byHand);
    }

    private static string Entry(string path, bool built) =>
        $"Project(\"{{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}}\") = \"A\", \"{path}\", \"{{1}}\"\n{{1}}.Debug|Any CPU.ActiveCfg = Debug|Any CPU\n" + (built ? "{1}.Debug|Any CPU.Build.0 = Debug|Any CPU\n{1}.Release|Any CPU.Build.0 = Release|Any CPU\n" : "");

    [GeneratedRegex("^Project\\(.*?\\) = \".*?\", \"(?<path>.*?\\.csproj)\", \"\\{(?<id>.*?)\\}\"", RegexOptions.Multiline)]
    private static partial Regex ProjectLine();
}
