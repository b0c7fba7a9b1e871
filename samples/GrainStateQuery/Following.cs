// For who keeps something beside the states that must follow them (a search index, a screen), and for who comes from another provider:
// parts that this sample does not run.

using IngoDB.Client;
using IngoDB.GrainStorage;
using IngoDB.Model;
using Orleans.Streams;

namespace GrainStateQuery;

/// <summary>Keeps something up to date with the stocks that are low.</summary>
internal abstract class Following(IngoDBClient client)
{
    public async Task RunAsync()
    {
        await foreach (var page in client.Grains<Stock>().Where(s => s.Amount < 3).ChangesAsync(after: await LoadAsync()))
        {
            foreach (var change in page.Changes) await TellAsync(change.GrainId, change.IsGone ? null : change.State);
            await SaveAsync(page.Until);
        }
    }

    /// <summary>Null: it is low no more, or gone.</summary>
    protected abstract Task TellAsync(GrainId grain, Stock? stock);

    protected abstract Task<DocumentVersion> LoadAsync();

    protected abstract Task SaveAsync(DocumentVersion until);
}

/// <summary>The same as a stream of Orleans.</summary>
internal abstract class FollowingStream : Grain
{
    public static ISiloBuilder Use(ISiloBuilder silo)
        => silo.AddIngoDBGrainStorage("PubSubStore").AddIngoDBChangeStreams("changes", options => options.Collections.Add("grain:inventory:stock"));

    public Task SubscribeAsync()
    {
        var stream = this.GetStreamProvider("changes").GetStream<StoredChange>(ChangeStream.Of("grain:inventory:stock"));
        return stream.SubscribeAsync(OnNextAsync, ChangeStream.Beginning);
    }

    protected abstract Task OnNextAsync(StoredChange change, StreamSequenceToken? token);
}

/// <summary>From another provider to this one.</summary>
internal static class Moving
{
    public static ISiloBuilder Use(ISiloBuilder silo)
        => silo.AddIngoDBGrainStorageAsDefault(options => options.MovesFrom = "redis");

    public static Task<GrainStateCopied> CopyAsync(IServiceProvider services, IAsyncEnumerable<GrainId> grains)
        => services.CopyGrainStatesAsync<Stock>("stock", grains, from: "redis");
}
