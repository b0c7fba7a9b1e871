// A question may come before the first state, and a kind of state is named before its first state is written; both are asked of a collection that has
// to be there. A collection is made by a write that brings a document, so one is brought that no read ever sees: it has expired before anybody could ask.

using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Stores;

/// <summary>Collections that exist and hold nothing.</summary>
internal static class EmptyCollection
{
    public static async Task MakeAsync(DocumentCollection collection, CancellationToken cancellationToken = default)
        => await collection.UpsertAsync(Document.Of((FieldNames.Expires, DateTimeOffset.UnixEpoch)), new DocumentId("none"), cancellationToken: cancellationToken).ConfigureAwait(false);
}
