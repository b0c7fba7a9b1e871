// Everything that the catalog promises hangs on its store's compare-and-swap. A store that compares no etags, or lets two writers make
// the same record, would tear a cluster apart months later. So before a store is trusted with a new cluster, it is asked to
// do, under a race, what will be asked of it:
//
//   make a record      of many at once, one wins, and everybody reads the winner's
//   replace it         of many at once with one etag, one wins; an old etag and a stranger's lose
//   read it            what a finished write put there is there at once
//
// (The table that Orleans' own script makes in PostgreSQL has no unique index, and lets two writers who have both seen nothing insert.
// With a unique index over its key columns it passes.)
//
// What this does not do: prove it. A race may go well by luck, and nothing here cuts the power; see RedisCatalogCheck for that.

using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Grains.Catalog;

/// <summary>Puts a store to the test. Leaves <see cref="Records"/> small records behind.</summary>
internal sealed class CatalogStoreProbe(ICatalogStore store)
{
    public const int Records = 8;
    private const int Racers = 8;
    private const int RunsMax = 1000;

    /// <exception cref="UnavailableException"><c>catalog.store_unfit</c>, with what is wrong.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var run = await FirstUnusedAsync(cancellationToken).ConfigureAwait(false);
        for (var record = 0; record < Records; record++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"probe/{run}/{record}");
            var made = await RaceAsync(key, null, "made", cancellationToken).ConfigureAwait(false);
            var replaced = await RaceAsync(key, made, "replaced", cancellationToken).ConfigureAwait(false);
            if (await TryAsync(key, made, "late", cancellationToken).ConfigureAwait(false) is not null) throw Unfit("a write with an old etag was taken");
            if (await TryAsync(key, null, "again", cancellationToken).ConfigureAwait(false) is not null) throw Unfit("a record was made that was there already");
            if (replaced == made) throw Unfit("two states of a record have the same etag");
        }
    }

    /// <summary>Many writers, one etag: one wins, and what it wrote is read.</summary>
    private async ValueTask<string> RaceAsync(string key, string? etag, string deed, CancellationToken cancellationToken)
    {
        var racers = await Task.WhenAll(Enumerable.Range(0, Racers).Select(racer => Task.Run(() => TryAsync(key, etag, $"{deed} by {racer}", cancellationToken).AsTask(), cancellationToken))).ConfigureAwait(false);
        var winners = racers.Select((won, racer) => (won, racer)).Where(r => r.won is not null).ToList();
        if (winners.Count != 1) throw Unfit($"of {Racers} writers at once {winners.Count} were told that theirs is the record that was {deed}");
        var found = await ReadAsync(key, cancellationToken).ConfigureAwait(false) ?? throw Unfit("a record that was written is not there");
        if (found.Etag != winners[0].won || System.Text.Encoding.UTF8.GetString(found.Json.Span) != Json($"{deed} by {winners[0].racer}")) throw Unfit($"another record than the winner's is read after it was {deed}");
        return found.Etag;
    }

    private async ValueTask<string?> TryAsync(string key, string? etag, string content, CancellationToken cancellationToken)
    {
        try
        {
            return await store.TryWriteAsync(key, System.Text.Encoding.UTF8.GetBytes(Json(content)), etag, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A loser may be told so in the store's own words (a unique index); that all of them are is found by who counts winners.
            return null;
        }
    }

    private async ValueTask<CatalogEntry?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            // What a provider says that finds two rows where it wants one.
            throw Unfit($"it can not be read: {e.Message}");
        }
    }

    private async ValueTask<int> FirstUnusedAsync(CancellationToken cancellationToken)
    {
        for (var run = 0; run < RunsMax; run++)
            if (await ReadAsync(string.Create(CultureInfo.InvariantCulture, $"probe/{run}/0"), cancellationToken).ConfigureAwait(false) is null) return run;
        throw Unfit($"{RunsMax} probes have failed before");
    }

    private static string Json(string content) => $"{{\"probe\":\"{content}\"}}";

    private static UnavailableException Unfit(string why)
        => new("catalog.store_unfit", $"The store of the catalog can not be trusted: {why}. It must compare etags, let one writer make a record (in PostgreSQL a unique index over the key columns of OrleansStorage), and give what was written last.");
}
