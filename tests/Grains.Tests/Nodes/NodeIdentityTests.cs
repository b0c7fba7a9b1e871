// A node is the folder that it has locked.

using IngoDB.Engine.Files;
using IngoDB.Grains.Nodes;
using IngoDB.Model;

namespace Grains.Tests.Nodes;

public sealed class NodeIdentityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void A_folder_keeps_its_id_and_counts_its_starts()
    {
        string id;
        using (var first = Claim("a"))
        {
            id = first.Id;
            Assert.Equal(1UL, first.Incarnation);
        }

        using var second = Claim("a");
        Assert.Equal((id, 2UL), (second.Id, second.Incarnation));
        using var other = Claim("b");
        Assert.NotEqual(id, other.Id);
    }

    [Fact]
    public void Two_processes_cannot_have_one_folder()
    {
        using var first = Claim("a");
        var error = Assert.Throws<UnavailableException>(() => Claim("a"));
        Assert.Equal("node.folder_in_use", error.Code);
        Assert.Contains(_folder["a"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_that_are_started_alike_take_the_first_free_folder()
    {
        using var first = NodeIdentity.ClaimNumbered(LocalFileSystem.Instance, _folder.Path, TimeProvider.System);
        var second = NodeIdentity.ClaimNumbered(LocalFileSystem.Instance, _folder.Path, TimeProvider.System);
        Assert.Equal([_folder["node-000"], _folder["node-001"]], [first.Directory, second.Directory]);
        var id = second.Id;
        second.Dispose();
        using var again = NodeIdentity.ClaimNumbered(LocalFileSystem.Instance, _folder.Path, TimeProvider.System);
        Assert.Equal(id, again.Id);
    }

    [Fact]
    public void A_folder_serves_one_cluster_for_ever()
    {
        using (var node = Claim("a")) node.JoinCluster("one");
        using var again = Claim("a");
        again.JoinCluster("one");
        Assert.Equal("node.foreign_cluster", Assert.Throws<UnavailableException>(() => again.JoinCluster("two")).Code);
    }

    public void Dispose() => _folder.Dispose();

    private NodeIdentity Claim(string name) => NodeIdentity.Claim(LocalFileSystem.Instance, _folder[name], TimeProvider.System);
}
