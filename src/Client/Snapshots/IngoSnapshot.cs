// A point in time, kept readable by a lease that is renewed from here for as long as the snapshot is held. If this
// process dies, the lease runs out by itself and the database may forget what only the snapshot could see.

using IngoDB.Client.Calls;
using IngoDB.Client.Collections;
using IngoDB.Client.Mapping;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Client.Snapshots;

/// <summary>Reads the same for ever: everything acknowledged before it was taken, nothing after. Dispose it to let go.</summary>
public sealed class IngoSnapshot : IAsyncDisposable
{
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(10);

    private readonly ReadScope _scope;
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewing;

    private IngoSnapshot(ReadScope scope)
    {
        _scope = scope;
        _renewing = RenewAsync();
    }

    public DocumentVersion Version => _scope.SnapshotVersion;

    /// <summary>For the <c>at</c> of a query.</summary>
    public string Token => _scope.SnapshotToken!;

    public DocumentCollection Collection(string name) => new(_scope, name);

    public IngoCollection<T> Collection<T>(string name) => new(_scope, name, DocumentMappers.For<T>(null));

    public TraverseBuilder<StoredDocument> Traverse(string from) => new(_scope, from, StoredDocumentMapper.Instance);

    public Task<QueryResult<StoredDocument>> QueryAsync(Query query, bool allowPartial = false, CancellationToken cancellationToken = default)
        => QueryReader.ReadAllAsync(_scope, query, StoredDocumentMapper.Instance, allowPartial, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _released.Dispose();
        await TryAsync("snapshot.release", CancellationToken.None).ConfigureAwait(false);
    }

    internal static async Task<IngoSnapshot> TakeAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var taken = await AdminCall.RunAsync(scope, "snapshot.take", null, isRead: true, cancellationToken).ConfigureAwait(false);
        var token = taken["snapshot"].AsString();
        return new IngoSnapshot(scope with { SnapshotToken = token, SnapshotVersion = new(ulong.Parse(token, System.Globalization.CultureInfo.InvariantCulture)) });
    }

    private Document Argument() => Document.Of(("snapshot", Token));

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(s_renewal, _scope.Calls.Options.Time);
        while (await timer.WaitForNextTickAsync(_released.Token).ConfigureAwait(false))
            await TryAsync("snapshot.renew", _released.Token).ConfigureAwait(false);
    }

    /// <summary>A renewal that fails is tried again at the next tick, and a lost lease shows itself as SnapshotTooOld; a release that fails is made up for by the lease running out.</summary>
    private async Task TryAsync(string operation, CancellationToken cancellationToken)
    {
        try
        {
            await AdminCall.RunAsync(_scope, operation, Argument(), isRead: true, cancellationToken).ConfigureAwait(false);
        }
        catch (IngoDBException)
        {
            // As the summary says: nothing depends on it.
        }
    }
}
