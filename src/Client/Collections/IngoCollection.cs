// A collection as a service sees it. Writes of one document throw what goes wrong; bulk writes report it item by
// item. Reads begin with Get or with a query step (Where, OrderBy, ...), which gives an IngoQuery.

using System.Linq.Expressions;
using IngoDB.Client.Calls;
using IngoDB.Client.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>The documents of one collection as <typeparamref name="T"/>. Immutable, thread-safe.</summary>
public class IngoCollection<T>
{
    private readonly ReadScope _scope;
    private readonly IDocumentMapper<T> _mapper;
    private readonly GatheredGets _gets;

    internal IngoCollection(ReadScope scope, string name, IDocumentMapper<T> mapper) => (_scope, Name, _mapper, _gets) = (scope, name, mapper, scope.Calls.GetsOf(scope.Database, name));

    public string Name { get; }

    internal IMemberNames Names => _mapper.Names;

    private protected ReadScope Scope => _scope;

    /// <summary>Writes a new document; an item without an id gets a UUIDv7, made here.</summary>
    /// <exception cref="ConflictException"><c>document.exists</c></exception>
    /// <exception cref="UnknownOutcomeException">It may or may not have been written.</exception>
    public Task<WriteResult> InsertAsync(T item, WriteOptions? options = null, CancellationToken cancellationToken = default) => WriteAsync(WriteKind.Insert, item, options, cancellationToken);

    /// <summary>Writes the document, whether or not there is one with its id.</summary>
    public Task<WriteResult> UpsertAsync(T item, WriteOptions? options = null, CancellationToken cancellationToken = default) => WriteAsync(WriteKind.Upsert, item, options, cancellationToken);

    /// <summary>Writes the document only if there is none; otherwise the result is Unchanged.</summary>
    public Task<WriteResult> InsertIfMissingAsync(T item, WriteOptions? options = null, CancellationToken cancellationToken = default) => WriteAsync(WriteKind.UpsertIfMissing, item, options, cancellationToken);

    /// <summary>Writes the document in the place of the one with its id.</summary>
    /// <exception cref="ConflictException"><c>document.missing</c>, <c>document.conflict</c></exception>
    public Task<WriteResult> ReplaceAsync(T item, WriteOptions? options = null, CancellationToken cancellationToken = default) => WriteAsync(WriteKind.Replace, item, options, cancellationToken);

    /// <summary>Changes some fields of a document.</summary>
    /// <exception cref="ConflictException"><c>document.missing</c>, <c>document.conflict</c></exception>
    public Task<WriteResult> PatchAsync(DocumentId id, Patch patch, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return Writer(options).WriteOneAsync(new PendingWrite(WriteKind.Patch, id, null, patch.Steps, IfVersion(options)), cancellationToken);
    }

    /// <summary>Deletes a document; NotFound says that there was none.</summary>
    public Task<WriteResult> DeleteAsync(DocumentId id, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => Writer(options).WriteOneAsync(new PendingWrite(WriteKind.Delete, id, null, null, IfVersion(options)), cancellationToken);

    /// <summary>Changes every document that matches; one that no longer does when its turn comes is left alone and counted as a conflict.</summary>
    /// <param name="expected">So many must match, or nothing is written.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <exception cref="ConflictException"><c>write.unexpected_count</c></exception>
    public Task<WhereResult> UpdateWhereAsync(Filter where, Patch patch, long? expected = null, bool dryRun = false, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return WhereWrites.RunAsync(_scope, new UpdateWhereWrite { Into = Name, Where = where, Steps = patch.Steps, Expected = expected, DryRun = dryRun }, options, cancellationToken);
    }

    /// <summary>The same for a condition on your type.</summary>
    public Task<WhereResult> UpdateWhereAsync(Expression<Func<T, bool>> where, Patch patch, long? expected = null, bool dryRun = false, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => UpdateWhereAsync(FilterTranslator.Translate(where, _mapper.Names), patch, expected, dryRun, options, cancellationToken);

    /// <summary>Deletes every document that matches, on the same terms as <see cref="UpdateWhereAsync(Filter, Patch, long?, bool, WriteOptions?, CancellationToken)"/>.</summary>
    /// <exception cref="ConflictException"><c>write.unexpected_count</c></exception>
    public Task<WhereResult> DeleteWhereAsync(Filter where, long? expected = null, bool dryRun = false, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => WhereWrites.RunAsync(_scope, new DeleteWhereWrite { Into = Name, Where = where, Expected = expected, DryRun = dryRun }, options, cancellationToken);

    /// <summary>The same for a condition on your type.</summary>
    public Task<WhereResult> DeleteWhereAsync(Expression<Func<T, bool>> where, long? expected = null, bool dryRun = false, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => DeleteWhereAsync(FilterTranslator.Translate(where, _mapper.Names), expected, dryRun, options, cancellationToken);

    /// <summary>Many inserts, in pages; each has its own result, in order.</summary>
    public Task<BulkResult> InsertManyAsync(IEnumerable<T> items, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => ManyAsync(WriteKind.Insert, items, options, cancellationToken);

    /// <summary>Many upserts, in pages; each has its own result, in order.</summary>
    public Task<BulkResult> UpsertManyAsync(IEnumerable<T> items, WriteOptions? options = null, CancellationToken cancellationToken = default)
        => ManyAsync(WriteKind.Upsert, items, options, cancellationToken);

    /// <summary>Puts all documents of the batch with one call, and empties it.</summary>
    /// <returns>Those that were not applied; empty when all were.</returns>
    public Task<IReadOnlyList<WriteResult>> UpsertRowsAsync(RowBatch batch, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        RefuseOneVersionForMany(options);
        return batch.Count == 0 ? Task.FromResult<IReadOnlyList<WriteResult>>([]) : Writer(options).WriteRowsAsync(batch.Take(), cancellationToken);
    }

    /// <summary>Many writes of any kind, in pages; each has its own result, in order. Two writes of one document may overtake each other when they fall into different pages.</summary>
    /// <param name="atomic">All or nothing: one page, over any partitions; cheapest in one (ids with the same affinity).</param>
    public Task<BulkResult> BulkAsync(IEnumerable<DocumentWrite> writes, bool atomic = false, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(writes);
        RefuseOneVersionForMany(options);
        var pending = writes.Select(write => PendingWrite.From(OfThisCollection(write), _scope.Calls.Ids.Next));
        return atomic ? Writer(options).WriteAtomicallyAsync([.. pending], cancellationToken) : Writer(options).WriteAsync(pending.ToAsyncEnumerable(), cancellationToken);
    }

    /// <summary>A stream of writes of any length, in pages, held back to the speed of the cluster. Complete it, then dispose it.</summary>
    /// <param name="progress">Told after each page.</param>
    public IngoBulkWriter<T> OpenBulk(IProgress<BulkProgress>? progress = null, WriteOptions? options = null)
    {
        _scope.RefuseWritesToThePast();
        return new(Writer(options), _mapper, _scope, progress);
    }

    /// <summary>The document with this id; null (default) when there is none.</summary>
    public async Task<T?> GetAsync(DocumentId id, CancellationToken cancellationToken = default)
        => await GetRowAsync(id, cancellationToken).ConfigureAwait(false) is { } found ? _mapper.FromDocument(found.Decode()) : default;

    /// <summary>The same without decoding: its fields are read where they lie.</summary>
    public ValueTask<DocumentRow?> GetRowAsync(DocumentId id, CancellationToken cancellationToken = default)
        => new(_scope.IsSnapshot || _scope.Concern is not null ? GetRowAloneAsync(id, cancellationToken) : _gets.GetAsync(id, cancellationToken));

    private async Task<DocumentRow?> GetRowAloneAsync(DocumentId id, CancellationToken cancellationToken)
    {
        var rows = await GetRowsAsync([id], cancellationToken).ConfigureAwait(false);
        return rows.MoveNext() ? rows.Current : null;
    }

    /// <summary>The documents with these ids; those that there are.</summary>
    public async Task<IReadOnlyDictionary<DocumentId, T>> GetManyAsync(IEnumerable<DocumentId> ids, CancellationToken cancellationToken = default)
    {
        var found = new Dictionary<DocumentId, T>();
        foreach (var some in ids.Distinct().Chunk(PointReader.IdsMax))
        {
            foreach (var document in await PointReader.ReadAsync(_scope, Name, some, cancellationToken).ConfigureAwait(false))
                found[document.Id] = _mapper.FromDocument(document);
        }

        return found;
    }

    /// <summary>The same without decoding, in the order of the ids.</summary>
    public async Task<DocumentRows> GetRowsAsync(IEnumerable<DocumentId> ids, CancellationToken cancellationToken = default)
    {
        if (ids is DocumentId[] { Length: <= PointReader.IdsMax } few) return new([await PointReader.ReadPageAsync(_scope, Name, few, cancellationToken).ConfigureAwait(false)]);
        var pages = new List<byte[]>();
        foreach (var some in ids.Chunk(PointReader.IdsMax)) pages.Add(await PointReader.ReadPageAsync(_scope, Name, some, cancellationToken).ConfigureAwait(false));
        return new(pages);
    }

    /// <summary>All documents, as a query to narrow down.</summary>
    public IngoQuery<T> Query() => new(_scope, _mapper, new ScanQuery { From = Name });

    public IngoQuery<T> Where(Filter filter) => Query().Where(filter);

    public IngoQuery<T> Where(FieldPath field, CompareOperator comparison, Value value) => Query().Where(field, comparison, value);

    public IngoQuery<T> Where(Expression<Func<T, bool>> condition) => Query().Where(condition);

    /// <summary>How many documents there are.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken = default) => Query().CountAsync(cancellationToken);

    private protected BulkWriter Writer(WriteOptions? options) => new(_scope, Name, options?.Buffered);

    private protected static DocumentVersion IfVersion(WriteOptions? options) => options?.IfVersion ?? DocumentVersion.None;

    private Task<WriteResult> WriteAsync(WriteKind kind, T item, WriteOptions? options, CancellationToken cancellationToken)
        => Writer(options).WriteOneAsync(Pending(kind, item, IfVersion(options)), cancellationToken);

    private Task<BulkResult> ManyAsync(WriteKind kind, IEnumerable<T> items, WriteOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        RefuseOneVersionForMany(options);
        return Writer(options).WriteAsync(items.Select(item => Pending(kind, item, DocumentVersion.None)).ToAsyncEnumerable(), cancellationToken);
    }

    private static void RefuseOneVersionForMany(WriteOptions? options)
    {
        if (options?.IfVersion is not null)
            throw new InvalidRequestException("query.conflicting_keys", "Many documents have not one version.", "/ifVersion", suggestion: "Give each write its own IfVersion, with BulkAsync");
    }

    private DocumentWrite OfThisCollection(DocumentWrite write) => write.Into == Name
        ? write
        : throw new InvalidRequestException("write.other_collection", $"A write to '{write.Into}' was given to the collection '{Name}'.", "/writes", suggestion: "IngoDatabase.WriteAsync takes a bulk over several collections");

    private PendingWrite Pending(WriteKind kind, T item, DocumentVersion ifVersion)
    {
        var (id, fields) = _mapper.ToDocument(item);
        return new PendingWrite(kind, id ?? _mapper.AssignId(item, _scope.Calls.Ids.Next()), fields, null, ifVersion);
    }
}
