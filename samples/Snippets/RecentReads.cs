using IngoDB.Client;
using IngoDB.Client.Sessions;
using IngoDB.Model;

namespace IngoDB.Samples.Snippets;

/// <summary>Reads that a copy near the client may answer.</summary>
internal static class RecentReads
{
    public static async Task<string> UseAsync(IngoDatabase db, DocumentId id, Document thing)
    {
        var recent = db.WithConsistency(ReadConsistency.BoundedStaleness(TimeSpan.FromSeconds(5)));
        var atMostFiveSecondsOld = await recent.Collection("things").GetAsync(id);

        var session = new IngoSession(); // or new IngoSession(token), with the token of a cookie
        var mine = db.WithConsistency(ReadConsistency.Session(session)).Collection("things");
        await mine.UpsertAsync(thing, id);
        var asIJustWroteIt = await mine.GetAsync(id);

        return $"{atMostFiveSecondsOld} {asIJustWroteIt} {session.Token}";
    }
}
