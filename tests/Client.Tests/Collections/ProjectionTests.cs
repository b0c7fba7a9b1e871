using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Collections;

public sealed class ProjectionTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Defect", "55")]
    public async Task A_document_read_in_part_is_not_written_back_as_the_whole()
    {
        var things = _cluster.Database.Collection("things");
        await things.UpsertAsync(Document.Of(("x", 1), ("y", 2)), new DocumentId("a"), cancellationToken: Token);
        var part = Assert.Single((await things.Query().Select("x").ToListAsync(Token)).Items);

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() => things.UpsertAsync(part, cancellationToken: Token));

        Assert.Equal("document.projection", refused.Code);
        var whole = Assert.Single((await things.Query().ToListAsync(Token)).Items);
        Assert.Equal(2, whole["y"].AsInt64());
        await things.UpsertAsync(whole, cancellationToken: Token);
    }
}
