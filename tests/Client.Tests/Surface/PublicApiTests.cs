using System.Runtime.CompilerServices;

namespace IngoDB.Client.Tests.Surface;

/// <summary>
/// The public surface of the client is written down: src/Client/PublicAPI.Shipped.txt (what a release promised) and
/// PublicAPI.Unshipped.txt (what came since). A change of it is a line in a diff, not a surprise. UPDATE_PUBLIC_API=1 writes
/// the second; what was shipped is only ever taken away by hand.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_surface_is_what_is_written_down()
    {
        var actual = PublicApi.Of(typeof(IngoDBClient).Assembly);
        var shipped = Read("PublicAPI.Shipped.txt");
        var gone = shipped.Except(actual).ToList();
        Assert.True(gone.Count == 0, $"These were shipped and are gone. Keep them, or take them out of PublicAPI.Shipped.txt in a release that says so:\n{string.Join('\n', gone)}");

        var since = actual.Except(shipped).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1") File.WriteAllLines(PathOf("PublicAPI.Unshipped.txt"), since);
        var unshipped = Read("PublicAPI.Unshipped.txt");
        var (undeclared, left) = (since.Except(unshipped).ToList(), unshipped.Except(since).ToList());
        Assert.True(undeclared.Count + left.Count == 0, $"src/Client/PublicAPI.Unshipped.txt is not the surface. UPDATE_PUBLIC_API=1 writes it; look at the diff.\nnew:\n{string.Join('\n', undeclared)}\ngone:\n{string.Join('\n', left)}");
    }

    [Fact]
    public void A_member_is_a_line_that_a_person_can_read()
        => Assert.Contains("IngoDB.Client.IngoDatabase.SnapshotAsync(CancellationToken cancellationToken?) : Task<IngoDB.Client.Snapshots.IngoSnapshot>", PublicApi.Of(typeof(IngoDBClient).Assembly));

    private static string[] Read(string name) => [.. File.ReadAllLines(PathOf(name)).Where(line => line.Length > 0 && line[0] != '#')];

    private static string PathOf(string name, [CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "src", "Client", name);
    }
}
