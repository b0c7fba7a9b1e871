// A collection needs no making: the first write does it. What is here is for those who want more than the defaults, and for
// looking at what there is. Each call is one operation of the database by name, the same that the command line uses.

using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>The collections of a database: what there is, and their lives. A collection that is written to is made by itself; here it is made with options.</summary>
public sealed class CollectionAdministration
{
    private readonly ReadScope _scope;

    internal CollectionAdministration(ReadScope scope) => _scope = scope;

    public async Task<IReadOnlyList<CollectionDescription>> ListAsync(CancellationToken cancellationToken = default)
    {
        var answer = await ReadAsync("collections.list", null, cancellationToken).ConfigureAwait(false);
        return [.. answer["collections"].AsArray().ToArray().Select(row => Describe(row.AsDocument()))];
    }

    /// <exception cref="ConflictException"><c>collection.exists</c></exception>
    /// <exception cref="InvalidRequestException">A bad name or bad options.</exception>
    public async Task<CollectionDescription> CreateAsync(string name, CollectionOptions? options = null, CancellationToken cancellationToken = default)
        => Describe(await WriteAsync("collections.create", Argument(name, options), cancellationToken).ConfigureAwait(false));

    /// <summary>Other options, for writes from now on.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.not_found</c>, or bad options.</exception>
    public async Task<CollectionDescription> ConfigureAsync(string name, CollectionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Describe(await WriteAsync("collections.configure", Argument(name, options), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Another name; documents and indexes stay.</summary>
    /// <exception cref="ConflictException"><c>collection.exists</c></exception>
    /// <exception cref="InvalidRequestException"><c>collection.not_found</c></exception>
    public async Task<CollectionDescription> RenameAsync(string name, string newName, CancellationToken cancellationToken = default)
        => Describe(await WriteAsync("collections.rename", Document.Of(("name", name), ("to", newName)), cancellationToken).ConfigureAwait(false));

    /// <summary>All its documents are gone when this returns, and the name is free. Running scans are read to their end or fail; no snapshot keeps it.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DropAsync(string name, CancellationToken cancellationToken = default)
        => (await WriteAsync("collections.drop", Document.Of(("name", name)), cancellationToken).ConfigureAwait(false))["dropped"].AsBool();

    /// <summary>Documents, bytes, shapes; per field presence, types, least and greatest value, about how many different ones. As data, to be shown.</summary>
    /// <exception cref="InvalidRequestException"><c>collection.not_found</c></exception>
    public Task<Document> StatisticsAsync(string name, CancellationToken cancellationToken = default) => ReadAsync("collections.stats", Document.Of(("name", name)), cancellationToken);

    private Task<Document> ReadAsync(string operation, Document? argument, CancellationToken cancellationToken) => AdminCall.RunAsync(_scope, operation, argument, isRead: true, cancellationToken);

    private Task<Document> WriteAsync(string operation, Document argument, CancellationToken cancellationToken)
    {
        _scope.RefuseWritesToThePast();
        return AdminCall.RunAsync(_scope, operation, argument, isRead: false, cancellationToken);
    }

    private static Document Argument(string name, CollectionOptions? options)
    {
        options?.Check();
        var argument = new DocumentBuilder().Add("name", name);
        if (options?.TimeToLive is { } life) argument.Add("ttlSeconds", (long)life.TotalSeconds);
        if (options?.Buffered is { } buffered) argument.Add("buffered", buffered);
        return argument.Build();
    }

    private static CollectionDescription Describe(Document row) => new(row["name"].AsString(), row["id"].AsInt64(), new()
    {
        TimeToLive = row["ttlSeconds"] is { Kind: ValueKind.Int64 } seconds ? TimeSpan.FromSeconds(seconds.AsInt64()) : null,
        Buffered = row["buffered"] is { Kind: ValueKind.Bool } buffered ? buffered.AsBool() : null,
    });
}

/// <param name="Id">Never given to another collection.</param>
public sealed record CollectionDescription(string Name, long Id, CollectionOptions Options);
