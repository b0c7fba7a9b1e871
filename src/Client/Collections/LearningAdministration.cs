// What the database learns from queries, and what you have to say about it. It needs no attention: indexes come and go by
// themselves, each with its cause. What is here is for looking, for saying no, and for taking a design from one cluster to
// another. Each call is one operation of the database by name, the same that the command line uses.

using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Learned indexes, patterns of queries, decisions, and the rules of learning. A null collection means all.</summary>
public sealed class LearningAdministration
{
    private readonly ReadScope _scope;

    internal LearningAdministration(ReadScope scope) => _scope = scope;

    /// <summary>Indexes: on what, why, how far, what they saved and cost, whether they have proved themselves.</summary>
    public Task<IReadOnlyList<Document>> IndexesAsync(string? collection = null, CancellationToken cancellationToken = default) => ListAsync("indexes.list", "indexes", collection, cancellationToken);

    /// <summary>Shapes of queries with the work they cost.</summary>
    public Task<IReadOnlyList<Document>> PatternsAsync(string? collection = null, CancellationToken cancellationToken = default) => ListAsync("patterns.list", "patterns", collection, cancellationToken);

    /// <summary>What indexes that are not there would have saved, when each would be built, or why not.</summary>
    public Task<IReadOnlyList<Document>> WhatIfAsync(string? collection = null, CancellationToken cancellationToken = default) => ListAsync("learning.whatif", "candidates", collection, cancellationToken);

    /// <summary>What was decided: cause, evidence, price, and the effect that was measured. Oldest first.</summary>
    public Task<IReadOnlyList<Document>> DecisionsAsync(string? collection = null, CancellationToken cancellationToken = default) => ListAsync("learning.log", "decisions", collection, cancellationToken);

    /// <summary>Whether it learns, pins, bans, budgets.</summary>
    public Task<IReadOnlyList<Document>> RulesAsync(string? collection = null, CancellationToken cancellationToken = default) => ListAsync("learning.rules", "rules", collection, cancellationToken);

    /// <summary>Builds an index whatever the evidence, and keeps it.</summary>
    /// <param name="path">E.g. <c>year</c>, <c>cast[]</c>, <c>genre+year</c>.</param>
    /// <exception cref="InvalidRequestException"><c>collection.not_found</c>, <c>index.bad_fields</c>.</exception>
    public Task PinAsync(string collection, string path, CancellationToken cancellationToken = default) => OrderAsync("indexes.pin", collection, path, cancellationToken);

    /// <summary>From now on it has to pay like any other.</summary>
    public Task UnpinAsync(string collection, string path, CancellationToken cancellationToken = default) => OrderAsync("indexes.unpin", collection, path, cancellationToken);

    /// <summary>Drops an index and never builds it again.</summary>
    public Task BanAsync(string collection, string path, CancellationToken cancellationToken = default) => OrderAsync("indexes.ban", collection, path, cancellationToken);

    public Task UnbanAsync(string collection, string path, CancellationToken cancellationToken = default) => OrderAsync("indexes.unban", collection, path, cancellationToken);

    /// <summary>Changes what is named: <c>learning</c> (on, suggest, off), <c>bytesMax</c> (null: no limit), <c>upkeepShareMax</c> (0 to 1).</summary>
    /// <exception cref="InvalidRequestException"><c>learning.bad_rules</c>.</exception>
    public Task SetAsync(Document rules, string? collection = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return WriteAsync("learning.set", collection is null ? rules : rules.With("collection", collection), cancellationToken);
    }

    /// <summary>Looks at once at what was asked so far, and decides; for tests and scripts that do not want to wait.</summary>
    public Task AdvanceAsync(string? collection = null, CancellationToken cancellationToken = default) => WriteAsync("learning.advance", Argument(collection), cancellationToken);

    /// <summary>Indexes and rules as a JSON file to be reviewed, kept beside your code, and applied to another cluster.</summary>
    public async Task<string> ExportAsync(string? collection = null, CancellationToken cancellationToken = default)
        => (await AdminCall.RunAsync(_scope, "learning.export", Argument(collection), isRead: true, cancellationToken).ConfigureAwait(false))["design"].AsString();

    /// <summary>Makes rules and indexes those of a design, and collections that are not there.</summary>
    /// <param name="exact">Other indexes are dropped.</param>
    /// <exception cref="InvalidRequestException"><c>learning.bad_design</c>: says where.</exception>
    public Task ApplyAsync(string design, bool exact = false, CancellationToken cancellationToken = default)
        => WriteAsync("learning.apply", Document.Of(("design", design), ("exact", exact)), cancellationToken);

    private async Task<IReadOnlyList<Document>> ListAsync(string operation, string what, string? collection, CancellationToken cancellationToken)
    {
        var answer = await AdminCall.RunAsync(_scope, operation, Argument(collection), isRead: true, cancellationToken).ConfigureAwait(false);
        return [.. answer[what].AsArray().ToArray().Select(row => row.AsDocument())];
    }

    private Task OrderAsync(string operation, string collection, string path, CancellationToken cancellationToken)
        => WriteAsync(operation, Document.Of(("collection", collection), ("path", path)), cancellationToken);

    private Task<Document> WriteAsync(string operation, Document? argument, CancellationToken cancellationToken)
    {
        _scope.RefuseWritesToThePast();
        return AdminCall.RunAsync(_scope, operation, argument, isRead: false, cancellationToken);
    }

    private static Document? Argument(string? collection) => collection is null ? null : Document.Of(("collection", collection));
}
