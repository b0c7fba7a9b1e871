// Inside the engine a folder is a namespace, and may use only folders to its left:
//
//     Files, Events → Entries → Statistics → Columns → { Wal | Memtables | Sstables } → Cursors → Manifests
//         → Indexing → { Flushing | Compaction | Scanning } → Aggregating → Querying → Traversing → Adjacency → { Advising | Verification } → the root (StorageEngine)
//
// (Statistics stands to the right of Entries since it counts by collection: docs/decisions/0008.)
// Siblings in braces meet above. The compiler does not see any of this: all folders are one assembly, nested namespaces
// see their parents without a using, and a half-qualified name (Wal.WriteAheadLog) needs none either. All three are read.

using System.Text.RegularExpressions;

namespace IngoDB.Repository.Tests;

public sealed partial class EngineLayerTests
{
    private static readonly string[][] LeftToRight =
    [
        ["Files"], ["Events"], ["Entries"], ["Transactions"], ["Statistics"], ["Columns"], ["Wal", "Memtables", "Sstables"], ["Cursors"], ["Manifests"], ["Indexing"], ["Flushing", "Compaction", "Scanning"], ["Aggregating"], ["Querying"], ["Traversing"], ["Adjacency"], ["Advising", "Verification"],
    ];

    [Fact]
    public void A_folder_of_the_engine_uses_only_folders_to_its_left()
    {
        var engine = RepositoryFiles.Sources.Where(s => s.IsUnder("src/Engine")).ToList();
        var rootTypes = RootTypes(engine);

        Findings.None(engine.SelectMany(s => AgainstTheFlow(s, rootTypes)));
    }

    [Fact]
    public void A_file_of_the_engine_is_in_the_namespace_of_its_folder() => Findings.None(RepositoryFiles.Sources.Where(s => s.IsUnder("src/Engine")).SelectMany(WrongNamespace));

    [Theory]
    [InlineData("Wal", "using IngoDB.Engine.Manifests;", "Wal uses Manifests")]
    [InlineData("Wal", "var m = new Memtables.Memtable();", "Wal uses Memtables")]
    [InlineData("Cursors", "Engine.Querying.DocumentStream stream;", "Cursors uses Querying")]
    [InlineData("Sstables", "IngoDB.Engine.Indexing.IndexReader reader;", "Sstables uses Indexing")]
    [InlineData("Entries", "StorageEngine engine;", "Entries uses StorageEngine of the root")]
    [InlineData("Entries", "var engine = new StorageEngine();", "Entries uses StorageEngine of the root")]
    [InlineData("Columns", "using IngoDB.Engine.Sstables;", "Columns uses Sstables")]
    [InlineData("Sheds", "", "Sheds is not in the picture")]
    public void A_use_of_something_to_the_right_is_found(string folder, string code, string problem) =>
        Findings.One(AgainstTheFlow(new($"src/Engine/{folder}/A.cs", code), [new("src/Engine/StorageEngine.cs", "StorageEngine")]), problem);

    [Theory]
    [InlineData("using IngoDB.Engine.Entries;")]
    [InlineData("options.Querying.Start();")]
    [InlineData("// Manifests.ManifestLog calls this")]
    [InlineData("public DocumentVersion ClockCeiling { get; } public bool IsAbove => ClockCeiling > Version;")]
    public void A_use_of_something_to_the_left_and_a_mere_likeness_are_fine(string code) =>
        Findings.None(AgainstTheFlow(new("src/Engine/Wal/A.cs", code), [new("src/Engine/ClockCeiling.cs", "ClockCeiling")]));

    [Fact]
    public void A_file_in_the_wrong_namespace_is_found() => Findings.One(WrongNamespace(new("src/Engine/Wal/A.cs", "namespace IngoDB.Engine;")), "is in IngoDB.Engine");

    private static IEnumerable<Finding> AgainstTheFlow(SourceFile source, IReadOnlyList<RootType> rootTypes)
    {
        var folder = FolderOf(source);
        if (folder is null) return [];
        var column = ColumnOf(folder);
        if (column < 0) return [new(source.Path, $"{folder} is not in the picture", "Draw it in docs/ARCHITECTURE.md and add it here, or move the file into a folder that exists.")];

        var usedFolders = FolderName().Matches(source.Code).Select(m => m.Groups["folder"].Value).Where(f => f != folder && ColumnOf(f) >= column).Distinct()
            .Select(f => new Finding(source.Path, $"{folder} uses {f}", "Pass the value down, return it as data, or raise an event; siblings meet in a folder to their right."));
        var usedRootTypes = rootTypes.Where(t => Regex.IsMatch(source.Code, $@"(?<![\w.]){t.Name}\b(?!\s*=[^=>])") && !IsMemberOf(source, t.Name))
            .Select(t => new Finding(source.Path, $"{folder} uses {t.Name} of the root ({t.Path})", "Pass the one value it needs, or move the type to the leftmost folder that uses it."));
        return usedFolders.Concat(usedRootTypes);
    }

    /// <summary>A member, parameter or local of that name hides the type: `DocumentVersion ClockCeiling { get; }`.</summary>
    private static bool IsMemberOf(SourceFile source, string name) => Regex.IsMatch(source.Code, $@"[\w>\]?]\s+(?<!\b(?:new|return|is|as|case|throw)\s+){name}\s*(?:\{{|=>|=[^=]|[;,)])");

    private static IEnumerable<Finding> WrongNamespace(SourceFile source)
    {
        var expected = "IngoDB.Engine" + (FolderOf(source) is { } folder ? "." + folder : "");
        return Namespace().Matches(source.Code).Select(m => m.Groups["name"].Value).Where(n => n != expected).Select(n => new Finding(source.Path, $"is in {n}", $"A folder is a namespace: {expected}."));
    }

    private static List<RootType> RootTypes(IEnumerable<SourceFile> engine) =>
        [.. engine.Where(s => FolderOf(s) is null).SelectMany(s => Declaration().Matches(s.Code).Select(m => new RootType(s.Path, m.Groups["name"].Value))).Distinct()];

    private static string? FolderOf(SourceFile source)
    {
        var parts = source.Path.Split('/');
        return parts.Length > 3 ? parts[2] : null;
    }

    private static int ColumnOf(string folder) => Array.FindIndex(LeftToRight, column => column.Contains(folder));

    /// <summary>A folder as the first part of a qualified name, or after IngoDB.Engine.</summary>
    [GeneratedRegex(@"(?:(?<![\w.])|(?<=(?<![\w.])(?:global::)?(?:IngoDB\.)?Engine\.))(?<folder>Files|Events|Statistics|Entries|Columns|Wal|Memtables|Sstables|Cursors|Manifests|Indexing|Flushing|Compaction|Scanning|Aggregating|Querying|Advising)(?=\s*;|\.[A-Z])")]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:public|internal)[\w ]*\s(?:class|struct|record|enum|interface)\s+(?:struct\s+|class\s+)?(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    private sealed record RootType(string Path, string Name);
}
