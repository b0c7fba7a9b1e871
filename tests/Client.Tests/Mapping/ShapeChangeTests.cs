using System.Text.Json.Serialization;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Mapping;

/// <summary>Documents outlive the types that wrote them: members come, go and are renamed, and old documents are still read.</summary>
public sealed class ShapeChangeTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_that_came_later_has_its_default_and_one_that_went_is_left_out()
    {
        await _cluster.Database.Collection<Before>("people").UpsertAsync(new("ada", "Ada", 36, "lace"), cancellationToken: Token);
        var now = await _cluster.Database.Collection<After>("people").GetAsync(new DocumentId("ada"), Token);
        Assert.Equal(new After("ada", "Ada", null, []), now! with { Tags = [] });
        Assert.Empty(now.Tags);
        Assert.Equal(5, now.Level);
    }

    [Fact]
    public async Task A_renamed_member_reads_and_is_found_by_the_name_in_the_documents()
    {
        await _cluster.Database.Collection<Before>("people").UpsertAsync(new("ada", "Ada", 36, "lace"), cancellationToken: Token);
        var people = _cluster.Database.Collection<Renamed>("people");
        Assert.Equal(new Renamed("ada", "Ada"), await people.GetAsync(new DocumentId("ada"), Token));
        Assert.Equal("""{"kind":"scan","from":"people","where":{"op":"eq","field":"name","value":"Ada"},"sort":[{"field":"name"}]}""", people.Where(p => p.FullName == "Ada").OrderBy(p => p.FullName).ToJson());
    }

    [Fact]
    public async Task A_patch_leaves_alone_what_the_type_does_not_know()
    {
        await _cluster.Database.Collection<Before>("people").UpsertAsync(new("ada", "Ada", 36, "lace"), cancellationToken: Token);
        await _cluster.Database.Collection<After>("people").PatchAsync(new DocumentId("ada"), new Client.Collections.Patch().Set("name", "Ada L."), cancellationToken: Token);
        var document = Assert.Single(_cluster.Coordinator.DocumentsOf("people"));
        Assert.Equal(("Ada L.", "lace"), (document["name"].AsString(), document["fabric"].AsString()));
    }

    private sealed record Before(string Id, string Name, int Age, string Fabric);

    private sealed record After(string Id, string Name, string? Email, List<string> Tags)
    {
        public List<string> Tags { get; init; } = Tags ?? [];

        public int Level { get; init; } = 5;

        public bool Equals(After? other) => other is not null && (Id, Name, Email) == (other.Id, other.Name, other.Email);

        public override int GetHashCode() => HashCode.Combine(Id, Name, Email);
    }

    private sealed record Renamed(string Id, [property: JsonPropertyName("name")] string FullName);
}
