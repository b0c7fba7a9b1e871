using System.Runtime.CompilerServices;
using IngoDB.Client.Tests.Surface;

namespace IngoDB.GrainStorage.Tests.Surface;

/// <summary>The public surface of grain storage is written down as the client's is: src/GrainStorage/PublicAPI.*.txt; UPDATE_PUBLIC_API=1 writes what came since the last release.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_surface_is_what_is_written_down()
    {
        var actual = PublicApi.Of(typeof(IngoDBGrainStorageOptions).Assembly).Where(line => !line.StartsWith("OrleansCodeGen", StringComparison.Ordinal)).ToList();
        var shipped = Read("PublicAPI.Shipped.txt");
        Assert.Empty(shipped.Except(actual));
        var since = actual.Except(shipped).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1") File.WriteAllLines(PathOf("PublicAPI.Unshipped.txt"), since);
        Assert.Equal(Read("PublicAPI.Unshipped.txt"), since);
    }

    private static string[] Read(string name) => [.. File.ReadAllLines(PathOf(name)).Where(line => line.Length > 0 && line[0] != '#')];

    private static string PathOf(string name, [CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "src", "GrainStorage", name);
    }
}
