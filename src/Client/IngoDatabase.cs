// A database as a service sees it: the place from which collections, traversals, snapshots and raw requests begin. It
// holds names and no state, so it costs nothing to ask for one.

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Client.Calls;
using IngoDB.Client.Changes;
using IngoDB.Client.Collections;
using IngoDB.Client.Mapping;
using IngoDB.Client.Queries;
using IngoDB.Client.Sessions;
using IngoDB.Client.Snapshots;
using IngoDB.Model;

namespace IngoDB.Client;

/// <summary>One database: its collections, queries as data, snapshots, and operations by name. Immutable, thread-safe.</summary>
public sealed class IngoDatabase
{
    private readonly ReadScope _scope;

    internal IngoDatabase(CoordinatorCalls calls, string? name) => _scope = new(calls, name, SnapshotVersion: DocumentVersion.None);

    private IngoDatabase(ReadScope scope) => _scope = scope;

    internal ReadScope Scope => _scope;

    /// <summary>Null is the cluster's default database.</summary>
    public string? Name => _scope.Database;

    /// <summary>The same database, read as recently as that says. Writes are the same; those of a session are seen by it.</summary>
    public IngoDatabase WithConsistency(ReadConsistency consistency)
    {
        ArgumentNullException.ThrowIfNull(consistency);
        return new(_scope with { Consistency = consistency });
    }

    /// <summary>Documents as they are: <see cref="StoredDocument"/> out, <see cref="Document"/> in.</summary>
    public DocumentCollection Collection(string name) => new(_scope, name);

    /// <summary>
    /// Documents as objects of your type, by System.Text.Json (camelCase names unless <paramref name="options"/> say otherwise).
    /// Its <c>_id</c> is the property with that JSON name, else the one called <c>Id</c>; a Guid or a string.
    /// <see cref="System.Text.Json.Nodes.JsonObject"/> works too.
    /// </summary>
    public IngoCollection<T> Collection<T>(string name, JsonSerializerOptions? options = null) => new(_scope, name, DocumentMappers.For<T>(options));

    /// <summary>The same with the metadata of a source generator.</summary>
    public IngoCollection<T> Collection<T>(string name, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return new(_scope, name, new TypedMapper<T>(typeInfo.Options));
    }

    /// <summary>What collections there are; making them with options, renaming, dropping, looking at their statistics.</summary>
    public CollectionAdministration Collections => new(_scope);

    /// <summary>What the database learns from queries, why, and what you have to say about it.</summary>
    public LearningAdministration Learning => new(_scope);

    /// <summary>What changes in a collection, from any version on: <c>db.Changes("orders").FollowAsync(after)</c>.</summary>
    public IngoChangeFeed Changes(string collection) => new(_scope, collection, where: null, withGone: true);

    /// <summary>A walk along join values, from the documents of a collection.</summary>
    public TraverseBuilder<StoredDocument> Traverse(string from) => new(_scope, from, StoredDocumentMapper.Instance);

    /// <summary>The least paths from some documents to others: shortest, weighted, the k least.</summary>
    public PathBuilder<StoredDocument> Paths(string from) => new(_scope, from, StoredDocumentMapper.Instance);

    /// <summary>Any reading query, built as data. All pages are read.</summary>
    /// <exception cref="UnavailableException">Partitions could not be asked (unless <paramref name="allowPartial"/>).</exception>
    public Task<QueryResult<StoredDocument>> QueryAsync(Query query, bool allowPartial = false, CancellationToken cancellationToken = default)
        => QueryReader.ReadAllAsync(_scope, query, StoredDocumentMapper.Instance, allowPartial, cancellationToken);

    /// <summary>The same, a page at a time; the next page is fetched while this one is read.</summary>
    public IAsyncEnumerable<QueryResult<StoredDocument>> QueryPagesAsync(Query query, bool allowPartial = false, CancellationToken cancellationToken = default)
        => QueryReader.ReadPagesAsync(_scope, query, StoredDocumentMapper.Instance, allowPartial, cancellationToken);

    /// <summary>What the database does for a query and why, as data.</summary>
    /// <param name="execute">Runs it, to show the work as measured.</param>
    public Task<Document> ExplainAsync(Query query, bool execute = false, CancellationToken cancellationToken = default)
        => QueryReader.ExplainAsync(_scope, query, execute, cancellationToken);

    /// <summary>A write of one document, or a bulk, built as data; the results stand in the order of the writes.</summary>
    public Task<BulkResult> WriteAsync(Write write, CancellationToken cancellationToken = default) => LiquidWrites.RunAsync(_scope, write, cancellationToken);

    /// <summary>All of these writes or none, over any collections and partitions, under one version. Cheapest when the documents share the <c>{tag}</c> in front of their ids, and so a partition.</summary>
    /// <exception cref="UnavailableException"><c>write.held</c>, <c>transaction.given_up</c>: other batches were in the way for too long; nothing was written.</exception>
    public Task<BulkResult> WriteAtomicallyAsync(IEnumerable<DocumentWrite> writes, CancellationToken cancellationToken = default)
        => LiquidWrites.RunAsync(_scope, new BulkWrite { Writes = [.. writes], Atomic = true }, cancellationToken);

    /// <summary>A write to every document that matches a filter, built as data.</summary>
    public Task<WhereResult> WriteAsync(WhereWrite write, WriteOptions? options = null, CancellationToken cancellationToken = default) => WhereWrites.RunAsync(_scope, write, options, cancellationToken);

    /// <summary>Any request in its JSON form: a query's documents, or the results of writes.</summary>
    /// <exception cref="InvalidRequestException">Not a valid request; says where, what was meant, and shows an example.</exception>
    public async Task<LiquidReply> ExecuteJsonAsync(string json, bool allowPartial = false, CancellationToken cancellationToken = default)
        => LiquidJson.Read(json) switch
        {
            Query query => new LiquidReply(await QueryAsync(query, allowPartial, cancellationToken).ConfigureAwait(false), null),
            WhereWrite write => new LiquidReply(null, null) { Where = await WriteAsync(write, null, cancellationToken).ConfigureAwait(false) },
            Write write => new LiquidReply(null, await WriteAsync(write, cancellationToken).ConfigureAwait(false)),
            var other => throw new InvalidRequestException("query.unknown_kind", $"'{other.GetType().Name}' cannot be executed.", "/kind"),
        };

    /// <summary>A point in time over all collections: what is read at it never changes. Held until disposed.</summary>
    public Task<IngoSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) => IngoSnapshot.TakeAsync(_scope, cancellationToken);

    /// <summary>An operation of the database by name, e.g. <c>indexes.list</c>; see AdminOperations.</summary>
    public Task<Document> AdminAsync(string operation, Document? argument = null, CancellationToken cancellationToken = default)
        => AdminCall.RunAsync(_scope, operation, argument, isRead: true, cancellationToken);
}

/// <summary>What <see cref="IngoDatabase.ExecuteJsonAsync"/> gives: one of the three.</summary>
public sealed record LiquidReply(QueryResult<StoredDocument>? Documents, BulkResult? Writes)
{
    /// <summary>The counts of a write by filter.</summary>
    public WhereResult? Where { get; init; }
}
