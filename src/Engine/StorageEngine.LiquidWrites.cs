// The writing half of the Liquid AST over one engine, for embedded use: names become ids (a collection that is not there is made, by
// a write that brings a document), an _id that is missing is made, and each node goes its way.

using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What a write given as data did: results in the order of its writes, or the counts of a write by filter.</summary>
public sealed record LiquidWriteReply(IReadOnlyList<WriteResult> Results, WhereResult? Where);

public sealed partial class StorageEngine
{
    private Random? _ids;

    /// <summary>Insert, upsert, replace, patch, delete, bulk (atomic over any collections), and writes by filter, by collection name.</summary>
    /// <exception cref="InvalidRequestException">The write is invalid; nothing was written.</exception>
    /// <exception cref="ConflictException"><c>write.unexpected_count</c>.</exception>
    public async ValueTask<LiquidWriteReply> WriteAsync(Write write, Entries.RequestKey key = default, CancellationToken cancellationToken = default)
    {
        LiquidValidator.Validate(write);
        if (write is WhereWrite where)
        {
            var found = FindCollection(where.Into) ?? throw NotFound(where.Into, where is DeleteWhereWrite ? "/from" : "/into");
            return new([], await WriteWhereAsync(found, where, key, cancellationToken: cancellationToken).ConfigureAwait(false));
        }

        if (key.IsGiven && (write is BulkWrite many ? many.Writes.Any(HasNoId) : HasNoId(write)))
            throw new InvalidRequestException("write.id_needed", "A request with a name is the same each time it comes, so its documents have an _id.", "/document", FieldNames.Id);
        var (writes, atomic) = write is BulkWrite bulk ? (bulk.Writes, bulk.Atomic) : ([(DocumentWrite)write], false);
        var absent = AbsentAmong(writes);
        if (absent.TrueForAll(result => result is null)) return new(await WriteOnceAsync(key, [.. writes.Select(EngineWriteOf)], atomic, cancellationToken: cancellationToken).ConfigureAwait(false), null);
        if (atomic && absent.Exists(result => result?.ErrorCode is not null)) return new([.. absent.Zip(writes, (result, one) => result?.ErrorCode is not null ? result.Value : AbsentCollection.Aborted(IdOf(one)))], null);
        EngineWrite[] present = [.. writes.Where((_, i) => absent[i] is null).Select(EngineWriteOf)];
        var results = new Queue<WriteResult>(present.Length == 0 ? [] : await WriteOnceAsync(key, present, atomic, cancellationToken: cancellationToken).ConfigureAwait(false));
        return new([.. absent.Select(result => result ?? results.Dequeue())], null);
    }

    /// <summary>By write: what it answers when its collection does not exist and no write of the request makes it; else null.</summary>
    private List<WriteResult?> AbsentAmong(IReadOnlyList<DocumentWrite> writes)
    {
        var made = writes.Where(write => AbsentCollection.IsMadeBy(KindOf(write), write.IfVersion ?? DocumentVersion.None)).Select(write => write.Into).ToHashSet(StringComparer.Ordinal);
        return [.. writes.Select(write => made.Contains(write.Into) || FindCollection(write.Into) is not null
            ? (WriteResult?)null
            : AbsentCollection.Result(KindOf(write), IdOf(write), write.IfVersion ?? DocumentVersion.None, AbsentCollection.Why(NotFound(write.Into, "/into"))))];
    }

    private InvalidRequestException NotFound(string name, string pointer) => new("collection.not_found", $"There is no collection '{name}'.", pointer, NearestTo(name));

    private static WriteKind KindOf(DocumentWrite write) => write switch
    {
        InsertWrite => WriteKind.Insert,
        UpsertWrite upsert => upsert.IfMissing ? WriteKind.UpsertIfMissing : WriteKind.Upsert,
        ReplaceWrite => WriteKind.Replace,
        PatchWrite => WriteKind.Patch,
        _ => WriteKind.Delete,
    };

    private static DocumentId IdOf(DocumentWrite write) => write switch
    {
        InsertWrite w => w.Id ?? default,
        UpsertWrite w => w.Id ?? default,
        ReplaceWrite w => w.Id,
        PatchWrite w => w.Id,
        DeleteWrite w => w.Id,
        _ => throw new InvariantViolationException($"unknown write {write.GetType().Name}"),
    };

    private string NearestTo(string name)
    {
        var names = _state.Manifest.Collections.Values.Select(known => known.Name).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "Write a document, and its collection is made" : LiquidNearest.To(name, names) ?? string.Join(", ", names.Take(3));
    }

    private static bool HasNoId(Write write) => write is InsertWrite { Id: null } or UpsertWrite { Id: null };

    private EngineWrite EngineWriteOf(DocumentWrite write)
    {
        var collection = Collection(write.Into);
        var made = write switch
        {
            InsertWrite w => EngineWrite.Of(WriteKind.Insert, collection, w.Id ?? NewId(), w.Document),
            UpsertWrite w => EngineWrite.Of(w.IfMissing ? WriteKind.UpsertIfMissing : WriteKind.Upsert, collection, w.Id ?? NewId(), w.Document),
            ReplaceWrite w => EngineWrite.Of(WriteKind.Replace, collection, w.Id, w.Document),
            PatchWrite w => new(WriteKind.Patch, collection, w.Id) { Steps = w.Steps },
            DeleteWrite w => EngineWrite.Delete(collection, w.Id),
            _ => throw new InvariantViolationException($"unknown write {write.GetType().Name}"),
        };
        return made with { IfVersion = write.IfVersion ?? DocumentVersion.None };
    }

    private DocumentId NewId()
    {
        _ids ??= new Random(Options.Seed ?? unchecked((int)Options.Time.GetTimestamp()));
        lock (_ids) return DocumentId.NewUuid(Options.Time, _ids);
    }
}
