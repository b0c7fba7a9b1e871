// The two documents of a transactional state (TransactionHead) as one thing that is read and written. They lie in one partition, since an _id alone says
// in which; so a write of both is a batch there, and a step that commits nothing writes the head alone, in the process if it lies there.
//
// What this does not do: take a snapshot to read both. The committed state changes only together with the head, so a head that is the same before and
// after tells that what was read between is of that head.

using IngoDB.Abstractions;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.GrainStorage.States;
using IngoDB.GrainStorage.Stores;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Transactions;

/// <summary>Where transactional states of one kind are. Thread-safe.</summary>
/// <param name="states">The committed ones.</param>
/// <param name="headStore">What is beside them.</param>
internal sealed class TransactionKind<T>(IngoDatabase database, StateKind<T> states, StateStore headStore, IStateCodec<TransactionFields> heads, bool? buffered)
{
    public StateKind<T> States => states;

    public IStateCodec<TransactionFields> Heads => heads;

    /// <summary>Both as they were at one time.</summary>
    /// <exception cref="InvalidRequestException"><c>state.not_transactional</c>: there is a state which this storage has not written.</exception>
    public async ValueTask<(StoredDocument? Head, StoredDocument? Committed)> ReadAsync(DocumentId id)
    {
        var head = await headStore.ReadAsync(id, CancellationToken.None).ConfigureAwait(false);
        while (true)
        {
            var committed = await states.Store.ReadAsync(id, CancellationToken.None).ConfigureAwait(false);
            var again = await headStore.ReadAsync(id, CancellationToken.None).ConfigureAwait(false);
            if (head?.Version != again?.Version)
            {
                head = again;
                continue;
            }

            if (head is null && committed is not null)
                throw new InvalidRequestException("state.not_transactional", $"The state '{id}' of '{states.Store.Collection}' was stored by a grain storage, not by this transactional storage.", suggestion: "Register the storage under another name, or go on without it: transactional states then go through the grain storage");
            return (head, committed);
        }
    }

    /// <param name="expected">The head's version; None: there is none.</param>
    /// <param name="committed">Null: the committed state stays.</param>
    /// <returns>The head's new version.</returns>
    /// <exception cref="ConflictException">The head is another; nothing was written.</exception>
    public async ValueTask<DocumentVersion> WriteAsync(DocumentId id, DocumentVersion expected, Document head, Document? committed)
    {
        var kind = expected == DocumentVersion.None ? WriteKind.Insert : WriteKind.Replace;
        if (committed is null)
        {
            var row = StateRows.Of(head);
            return await headStore.WriteAsync(new(kind, id, expected) { Shape = row.Shape, Row = row.Bytes }, CancellationToken.None).ConfigureAwait(false);
        }

        await states.DescribeAsync(CancellationToken.None).ConfigureAwait(false);
        (string, IReadOnlyList<PendingWrite>)[] batch =
        [
            (headStore.Collection, [new(kind, id, head, null, expected)]),
            (states.Store.Collection, [new(WriteKind.Upsert, id, committed, null, DocumentVersion.None)]),
        ];
        var written = await BulkWriter.WriteAtomicallyAsync(database.Scope, batch, buffered, CancellationToken.None).ConfigureAwait(false);
        return written.EnsureApplied().Results[0].Version;
    }
}
