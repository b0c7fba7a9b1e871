// Two names that cost hours when they are wrong. Inside a namespace IngoDB.Orleans.* the qualified name `Orleans.X` means
// ours, not the framework's. And a folder, which is a namespace, named like a type inside it makes every use ambiguous;
// hence Memtables/ for Memtable, Sstables/ for Sstable.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class NamespaceTests
{
    [Fact]
    public void No_namespace_begins_with_IngoDB_Orleans() => Findings.None(RepositoryFiles.Sources.SelectMany(Forbidden));

    [Fact]
    public void No_folder_has_the_name_of_a_type_in_it() => Findings.None(RepositoryFiles.Sources.Where(s => s.IsUnder("src")).SelectMany(NamedLikeItsFolder));

    [Fact]
    public void Namespaces_are_file_scoped() => Findings.None(RepositoryFiles.Sources.SelectMany(BlockScoped));

    [Fact]
    public void The_forbidden_namespace_is_found() => Findings.One(Forbidden(new("src/Grains/A.cs", "namespace IngoDB.Orleans.Grains;")), "IngoDB.Orleans.Grains");

    [Fact]
    public void A_folder_named_like_its_type_is_found() => Findings.One(NamedLikeItsFolder(new("src/Engine/Memtable/Memtable.cs", "internal sealed class Memtable")), "declares Memtable");

    [Fact]
    public void A_block_scoped_namespace_is_found() => Findings.One(BlockScoped(new("src/Engine/A.cs", "namespace IngoDB.Engine\n{\n}")), "block");

    private static IEnumerable<Finding> Forbidden(SourceFile source) =>
        Namespace().Matches(source.Code).Select(m => m.Groups["name"].Value).Where(n => n == "IngoDB.Orleans" || n.StartsWith("IngoDB.Orleans.", StringComparison.Ordinal))
            .Select(n => new Finding(source.Path, $"namespace {n}", "Inside it `Orleans.X` does not resolve; use IngoDB.<house>."));

    private static IEnumerable<Finding> NamedLikeItsFolder(SourceFile source)
    {
        var folder = Path.GetFileName(source.Folder);
        return Type().Matches(source.Code).Where(m => m.Groups["name"].Value == folder).Select(_ => new Finding(source.Path, $"declares {folder} in a folder of that name", "Give the folder the plural."));
    }

    private static IEnumerable<Finding> BlockScoped(SourceFile source) =>
        Namespace().Matches(source.Code).Where(m => m.Groups["end"].Value != ";").Select(_ => new Finding(source.Path, "a block-scoped namespace", "Use `namespace X;`: one level of indentation less."));

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)\s*(?<end>;|\{)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|struct|record|enum|interface)\s+(?:struct\s+|class\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex Type();
}
