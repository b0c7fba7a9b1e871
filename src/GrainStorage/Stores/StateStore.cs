// The collection of one kind of state. A silo that has the partition reads and writes it where it lies; otherwise, or when anything
// is out of the ordinary there, the client's way is taken: the coordinator, with its retries, and numbers that make a repeated
// write the same write.

using IngoDB.Abstractions;
using IngoDB.Client;
using IngoDB.Client.Calls;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Stores;

/// <summary>Reads and conditional writes of single documents. Thread-safe.</summary>
/// <param name="local">Null: the database is elsewhere.</param>
internal sealed class StateStore(IngoDatabase database, string collection, ILocalDocuments? local, bool? buffered)
{
    private readonly ReadScope _scope = database.Scope;
    private readonly DocumentCollection _documents = database.Collection(collection);

    public string Collection => collection;

    /// <summary>Null when there is none.</summary>
    public ValueTask<StoredDocument?> ReadAsync(DocumentId id, CancellationToken cancellationToken)
    {
        if (local is null || !local.TryGet(_scope.Database, collection, id, out var found)) return ReadByClientAsync(id, cancellationToken);
        return new(found.Exists ? new StoredDocument(id, found.Version, new RowReader(found.Shape, found.Row.Span).Decode()) : null);
    }

    /// <summary>Writes, and gives the new version.</summary>
    /// <exception cref="ConflictException">The condition does not hold; nothing was written.</exception>
    /// <exception cref="UnknownOutcomeException">It may have been written.</exception>
    public async ValueTask<DocumentVersion> WriteAsync(LocalWrite write, CancellationToken cancellationToken)
    {
        var outcome = local is null ? null : await local.TryWriteAsync(_scope.Database, collection, write, buffered, cancellationToken).ConfigureAwait(false);
        var result = outcome ?? await WriteByClientAsync(write, cancellationToken).ConfigureAwait(false);
        return (WriteStatus)result.Status == WriteStatus.Refused
            ? throw WriteFailures.ToException(new(WriteStatus.Refused, write.Id, DocumentVersion.None, result.ErrorCode, result.ErrorMessage))
            : new(result.Version);
    }

    private async ValueTask<StoredDocument?> ReadByClientAsync(DocumentId id, CancellationToken cancellationToken)
    {
        try
        {
            return (await _documents.GetRowAsync(id, cancellationToken).ConfigureAwait(false))?.Decode();
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // No state of this kind was ever written.
            return null;
        }
    }

    private async ValueTask<WriteOutcome> WriteByClientAsync(LocalWrite write, CancellationToken cancellationToken)
    {
        var page = new WritePageWriter();
        if (write.Kind == WriteKind.Delete) page.AddDelete(write.Id, write.IfVersion);
        else if (write.Kind == WriteKind.Patch) page.AddPatch(write.Id, write.Steps!, write.IfVersion);
        else page.Add(write.Kind, write.Id, write.Shape!, write.Row.Span, write.IfVersion);
        var reply = await _scope.Calls.WriteAsync(new() { Collection = collection, Database = _scope.Database, Page = page.Finish(), Buffered = buffered }, cancellationToken).ConfigureAwait(false);
        return reply.Outcomes[0];
    }
}
