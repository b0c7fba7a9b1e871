// Who may call whom, as the first picture of docs/ARCHITECTURE.md draws it:
//
//     Model ──► Engine ──► Grains ──► Silo ──► AppHost
//       └──► Abstractions ─┴──► Client ──► { GrainStorage | Cli }
//       └──► Replication ──► Grains
//
// A reference against an arrow compiles just as well as one along it; that is why a test looks.

using System.Xml.Linq;

namespace IngoDB.Repository.Tests;

public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Model"] = [],
        ["Engine"] = ["Model"],
        ["Replication"] = ["Model"],
        ["Abstractions"] = ["Model"],
        ["Grains"] = ["Abstractions", "Engine", "Replication"],
        ["Silo"] = ["Grains"],
        ["Client"] = ["Abstractions"],
        ["GrainStorage"] = ["Client"],
        ["Cli"] = ["Client", "Silo"],
        ["AppHost"] = ["Silo", "ProductApi"],
    };

    /// <summary>Houses that must stay usable without the rest: no package but these.</summary>
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Model"] = [],
        ["Replication"] = [],
        ["Engine"] = ["K4os.Compression.LZ4", "System.IO.Hashing"],
        ["Abstractions"] = ["Microsoft.Orleans.Sdk"],
    };

    [Fact]
    public void Houses_reference_each_other_along_the_picture_only() => Findings.None(RepositoryFiles.Projects.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(AgainstThePicture));

    [Fact]
    public void Model_has_no_packages_and_Engine_and_Abstractions_have_few() => Findings.None(RepositoryFiles.Projects.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(UnexpectedPackages));

    [Fact]
    public void The_product_knows_nothing_of_tests_benchmarks_and_samples() =>
        Findings.None(RepositoryFiles.Projects.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal) && p.Path != "src/AppHost/AppHost.csproj").SelectMany(OutsideOfSrc));

    [Fact]
    public void A_reference_against_an_arrow_is_found() =>
        Findings.One(AgainstThePicture(Project("src/Engine/Engine.csproj", "<ProjectReference Include=\"../Grains/Grains.csproj\" />")), "Engine references Grains");

    [Fact]
    public void A_house_that_is_not_in_the_picture_is_found() => Findings.One(AgainstThePicture(Project("src/Cellar/Cellar.csproj", "")), "Cellar is not in the picture");

    [Fact]
    public void A_package_in_Model_is_found() =>
        Findings.One(UnexpectedPackages(Project("src/Model/Model.csproj", "<PackageReference Include=\"Newtonsoft.Json\" />")), "Model uses the package Newtonsoft.Json");

    [Fact]
    public void A_reference_to_a_test_project_is_found() =>
        Findings.One(OutsideOfSrc(Project("src/Cli/Cli.csproj", "<ProjectReference Include=\"..\\..\\tests\\TestKit\\TestKit.csproj\" />")), "tests/TestKit");

    private static IEnumerable<Finding> AgainstThePicture(RepositoryFile project)
    {
        var house = NameOf(project.Path);
        if (!Allowed.TryGetValue(house, out var allowed)) return [new(project.Path, $"{house} is not in the picture", "Draw it in docs/ARCHITECTURE.md and add its arrows here, or move the code into a house that exists.")];
        return References(project).Select(NameOf).Except(allowed).Select(target =>
            new Finding(project.Path, $"{house} references {target}", $"Allowed: {(allowed.Length == 0 ? "nothing" : string.Join(", ", allowed))}. Pass what is needed down as a value, or move the type to the house both may use."));
    }

    private static IEnumerable<Finding> UnexpectedPackages(RepositoryFile project) =>
        Packages.TryGetValue(NameOf(project.Path), out var allowed)
            ? Items(project, "PackageReference").Except(allowed).Select(p => new Finding(project.Path, $"{NameOf(project.Path)} uses the package {p}", "Keep the package in a house further right; this one is embedded alone."))
            : [];

    private static IEnumerable<Finding> OutsideOfSrc(RepositoryFile project) =>
        References(project).Where(r => !r.StartsWith("src/", StringComparison.Ordinal)).Select(r => new Finding(project.Path, $"references {r}", "Code the product needs lives under src; tests reference the product, never the other way round."));

    private static IEnumerable<string> References(RepositoryFile project) =>
        Items(project, "ProjectReference").Select(include => Path.GetRelativePath(RepositoryFiles.Root, Path.GetFullPath(RepositoryFiles.Absolute(Path.Combine(project.Folder, include.Replace('\\', '/'))))).Replace('\\', '/'));

    private static IEnumerable<string> Items(RepositoryFile project, string element) => XDocument.Parse(project.Text).Descendants(element).Select(e => e.Attribute("Include")?.Value ?? "");

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    private static RepositoryFile Project(string path, string items) => new(path, $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{items}</ItemGroup></Project>");
}
