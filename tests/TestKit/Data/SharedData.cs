using System.Runtime.CompilerServices;
using IngoDB.Model;
using Xunit;

namespace IngoDB.Tests;

/// <summary>
/// The real data beside the repository (<c>../shared/data</c>): documents that nobody here wrote. Absent, a test is
/// skipped with the way to get it; in CI (<c>INGODB_CI=1</c>) it fails.
/// </summary>
public static class SharedData
{
    /// <summary>The documents of a file in file order, each with its line number as <c>_id</c> when it has none.</summary>
    public static IReadOnlyList<StoredDocument> Read(string file)
    {
        var documents = new List<StoredDocument>();
        foreach (var line in File.ReadLines(PathOf(file)))
        {
            var (id, fields) = DocumentJson.ReadWithId(System.Text.Encoding.UTF8.GetBytes(line));
            documents.Add(new(id ?? new DocumentId($"{documents.Count + 1:D6}"), new((ulong)documents.Count + 1), fields));
        }

        return documents;
    }

    /// <summary>Where the file is, or the test ends here.</summary>
    public static string PathOf(string file)
    {
        var path = Path.GetFullPath(Path.Combine(RepositoryRoot(), "..", "shared", "data", file));
        if (File.Exists(path)) return path;
        var missing = $"{path} is absent: put the shared data folder beside the repository.";
        Assert.False(Environment.GetEnvironmentVariable("INGODB_CI") == "1", missing);
        Assert.Skip(missing);
        return path;
    }

    private static string RepositoryRoot([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(File.Exists(thisFile) ? Path.GetDirectoryName(thisFile)! : AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
