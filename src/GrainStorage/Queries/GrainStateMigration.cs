// All states of a kind, brought up to date where they lie: read in the order of their ids, mapped, and written if they are still what was
// read. After each page it is written down how far the job is, so that it goes on there after a crash, or on another machine:
//
//   system:grain-migrations   {"_id": "add-currency@grain:order:state", "after": "o-4711", "seen": 5000, "changed": 4990, "done": false}
//
// A state that its grain writes meanwhile is read again and mapped again. A grain that is active has the ETag from before; its
// next write is inconsistent, the runtime deactivates it, and its next activation reads the state as it is now. New states
// behind the place where the job is are written by new code, and left out.

using IngoDB.Client.Collections;
using IngoDB.GrainStorage.Queries;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>A stored state as data.</summary>
/// <param name="State">Its fields, without those that are the provider's; of a state that is no object: one field, <c>state</c>.</param>
public sealed record GrainDocument(GrainId GrainId, Document State, DocumentVersion Version);

/// <summary>How far a migration is.</summary>
/// <param name="Seen">States that were looked at.</param>
/// <param name="Changed">States that were written.</param>
/// <param name="IsDone">There are no more.</param>
public sealed record MigrationProgress(long Seen, long Changed, bool IsDone);

/// <summary>One run of a migration.</summary>
internal sealed class GrainStateMigration(StateSource source, string mark, string name, Func<GrainDocument, Document?> map, IProgress<MigrationProgress>? progress)
{
    private const string Jobs = "system:grain-migrations";
    private const int PageDocuments = 500;

    private long _seen;
    private long _changed;
    private DocumentId? _after;

    public async Task<MigrationProgress> RunAsync(CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (await source.CollectionAsync(mark, cancellationToken).ConfigureAwait(false) is not { } collection) return new(0, 0, IsDone: true);
        var (states, jobs, job) = (source.Database.Collection(collection), source.Database.Collection(Jobs), new DocumentId($"{name}@{collection}"));
        if (await ReadAsync(jobs, job, cancellationToken).ConfigureAwait(false)) return new(_seen, _changed, IsDone: true);
        while (true)
        {
            var query = states.Query().OrderBy(FieldNames.Id).Take(PageDocuments);
            if (_after is { } after) query = query.Where(Filter.Gt(FieldNames.Id, after.ToValue()));
            var page = await query.ToListAsync(cancellationToken).ConfigureAwait(false);
            _changed += await ChangeAsync(states, page.Items, cancellationToken).ConfigureAwait(false);
            if (page.Count > 0) _after = page[^1].Id;
            _seen += page.Count;
            var isDone = page.Count < PageDocuments;
            await jobs.UpsertAsync(ToDocument(isDone), job, cancellationToken: cancellationToken).ConfigureAwait(false);
            var so = new MigrationProgress(_seen, _changed, isDone);
            progress?.Report(so);
            if (isDone) return so;
        }
    }

    /// <summary>A page is written with one call; those that were changed meanwhile are read and mapped again, one by one.</summary>
    private async Task<int> ChangeAsync(DocumentCollection states, IReadOnlyList<StoredDocument> page, CancellationToken cancellationToken)
    {
        var writes = page.Select(document => WriteOf(states, document)).OfType<ReplaceWrite>().ToList();
        var results = await states.BulkAsync(writes, cancellationToken: cancellationToken).ConfigureAwait(false);
        var changed = 0;
        foreach (var result in results.Results)
        {
            if (result.Status != WriteStatus.Refused) changed++;
            else if (!IsConflict(result)) throw WriteFailures.ToException(result);
            else if (await AgainAsync(states, result.Id, cancellationToken).ConfigureAwait(false)) changed++;
        }

        return changed;
    }

    private async Task<bool> AgainAsync(DocumentCollection states, DocumentId id, CancellationToken cancellationToken)
    {
        while (await states.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } document && WriteOf(states, document) is { } write)
        {
            var result = (await states.BulkAsync([write], cancellationToken: cancellationToken).ConfigureAwait(false)).Results[0];
            if (result.Status != WriteStatus.Refused) return true;
            if (!IsConflict(result)) throw WriteFailures.ToException(result);
        }

        return false;
    }

    private ReplaceWrite? WriteOf(DocumentCollection states, StoredDocument document)
    {
        var grain = new GrainDocument(StateLayout.GrainOf(document), StateRows.WithoutOurs(document.Fields), document.Version);
        if (map(grain) is not { } mapped || mapped.Equals(grain.State)) return null;
        return new() { Into = states.Name, Id = document.Id, Document = StateRows.WithOurs(document.Fields, mapped), IfVersion = document.Version };
    }

    private static bool IsConflict(in WriteResult result) => result.ErrorCode is "document.conflict" or "document.missing";

    /// <returns>True when the job is done.</returns>
    private async Task<bool> ReadAsync(DocumentCollection jobs, DocumentId job, CancellationToken cancellationToken)
    {
        StoredDocument? before;
        try
        {
            before = await jobs.GetAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // The first job of all.
            return false;
        }

        if (before is null) return false;
        (_seen, _changed) = (before.Fields["seen"].AsInt64(), before.Fields["changed"].AsInt64());
        _after = before.Fields["after"] is { Kind: ValueKind.String or ValueKind.Uuid } after ? DocumentId.FromValue(after) : (DocumentId?)null;
        return before.Fields["done"].AsBool();
    }

    private Document ToDocument(bool isDone) => Document.Of(("after", _after?.ToValue() ?? Value.Null), ("seen", _seen), ("changed", _changed), ("done", isDone));
}
