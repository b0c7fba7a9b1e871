// Stores that must not be trusted, each wrong in one way, and those that we have.

using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace Grains.Tests.Catalog;

public sealed class CatalogStoreProbeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_own_stores_pass_again_and_again()
    {
        using var folder = new TempFolder();
        foreach (var store in (ICatalogStore[])[new MemoryCatalogStore(), new FileCatalogStore(LocalFileSystem.Instance, folder.Path)])
        {
            await new CatalogStoreProbe(store).RunAsync(Cancellation);
            await new CatalogStoreProbe(store).RunAsync(Cancellation);
        }
    }

    [Theory]
    [InlineData("compares no etags")]
    [InlineData("makes what is there")]
    [InlineData("reads what was before")]
    [InlineData("keeps the etag")]
    public async Task A_store_that_is_wrong_is_refused(string how)
    {
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => new CatalogStoreProbe(new WrongStore(how)).RunAsync(Cancellation).AsTask());

        Assert.Equal("catalog.store_unfit", refused.Code);
    }

    private sealed class WrongStore(string how) : ICatalogStore
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, List<CatalogEntry>> _records = [];

        public ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                var states = _records.GetValueOrDefault(key) ?? [];
                return new(states.Count == 0 ? null : how == "reads what was before" && states.Count > 1 ? states[^2] : states[^1]);
            }
        }

        public ValueTask<string?> TryWriteAsync(string key, ReadOnlyMemory<byte> json, string? etag, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                if (!_records.TryGetValue(key, out var states)) _records[key] = states = [];
                var current = states.Count == 0 ? null : states[^1].Etag;
                var matches = current == etag || how == "compares no etags" || (how == "makes what is there" && etag is null);
                if (!matches) return new((string?)null);
                states.Add(new(json.ToArray(), how == "keeps the etag" ? "1" : $"{states.Count + 1}"));
                return new(states[^1].Etag);
            }
        }
    }
}
