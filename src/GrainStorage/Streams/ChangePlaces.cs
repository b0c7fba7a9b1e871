// Where a stream provider is in each collection, kept where everybody can read it:
//
//   system:change-streams   {"_id": "changes/grain:inventory:stock", "until": "115784263139328000"}

using IngoDB.Client;
using IngoDB.GrainStorage.Hosting;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Streams;

/// <summary>Places of one provider. Thread-safe.</summary>
/// <param name="makeDatabase">Called when the first place is asked for: a silo without the database hears of it only after it has started.</param>
internal sealed class ChangePlaces(Func<IngoDatabase> makeDatabase, string provider, bool fromBeginning, TimeProvider time)
{
    private const string Collection = "system:change-streams";
    private const string Until = "until";

    /// <summary>No document is as old; unlike None it can be written as text.</summary>
    private static readonly DocumentVersion Beginning = new(1);

    private IngoDatabase? _made;

    /// <exception cref="UnavailableException"><c>cluster.no_database</c>.</exception>
    public async ValueTask<IngoDatabase> DatabaseAsync() => _made ??= await KnownCluster.WhenKnownAsync(makeDatabase, time, CancellationToken.None).ConfigureAwait(false);

    /// <summary>After which the next change is to be given; at the very first start, and only then, the present unless it begins at the beginning.</summary>
    public async Task<DocumentVersion> LoadAsync(string collection)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        if (await FindAsync(database, collection).ConfigureAwait(false) is { } known)
            return PointInTime.Parse(known.Fields[Until].AsString()) is var place && place > Beginning ? place : DocumentVersion.None;
        if (fromBeginning) return DocumentVersion.None;
        await using var now = await database.SnapshotAsync().ConfigureAwait(false);
        await SaveAsync(collection, now.Version).ConfigureAwait(false);
        return now.Version;
    }

    public async Task SaveAsync(string collection, DocumentVersion until)
    {
        var database = await DatabaseAsync().ConfigureAwait(false);
        await database.Collection(Collection).UpsertAsync(Document.Of((Until, (until < Beginning ? Beginning : until).ToString())), IdOf(collection)).ConfigureAwait(false);
    }

    private async Task<StoredDocument?> FindAsync(IngoDatabase database, string collection)
    {
        try
        {
            return await database.Collection(Collection).GetAsync(IdOf(collection)).ConfigureAwait(false);
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // The first place of all.
            return null;
        }
    }

    private DocumentId IdOf(string collection) => new($"{provider}/{collection}");
}
