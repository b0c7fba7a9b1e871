// Which collection a query is about. Who knows grain type and state name knows it; who only has the .NET type asks the directory of
// kinds of state, once, when the first query is sent. Until then a query, and every hop that leads to such a state, carries a mark
// in the place of the name, which is replaced on the way out.
//
// A type that no grain has stored yet has no states, which is an answer and no mistake: a new service asks before it writes. The question
// is then asked of the directory, for a document that is not there, so that counts, groups, walks and plans are those of no documents.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using IngoDB.Client;
using IngoDB.Client.Calls;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.Stores;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Queries;

/// <summary>Finds collections of states. One per client and database; thread-safe.</summary>
internal sealed class StateSource(IngoDatabase database)
{
    private const string Mark = "grain?";
    private const char Between = '\n';

    private static readonly ConditionalWeakTable<CoordinatorCalls, ConcurrentDictionary<string, StateSource>> s_sources = [];

    /// <summary>No document of the directory has it: the names of collections are longer.</summary>
    private static readonly Filter Nothing = Filter.Eq(FieldNames.Id, "");

    private readonly ConcurrentDictionary<string, (string Collection, string GrainType, bool IsQueryable)> _found = new(StringComparer.Ordinal);

    public IngoDatabase Database => database;

    /// <summary>A scope whose queries get their names here.</summary>
    public ReadScope Scope => database.Scope with { Prepare = PrepareAsync };

    public static StateSource Of(IngoDatabase database)
        => s_sources.GetValue(database.Scope.Calls, static _ => new()).GetOrAdd(database.Name ?? "", static (_, database) => new(database), database);

    /// <summary>What stands for the collection in a query: every part that is known must agree.</summary>
    public static string MarkOf(Type state, string? grainType, string? stateName, string provider)
        => string.Join(Between, Mark, StateDescription.NameOf(state), grainType, stateName, provider);

    /// <summary>The name of the collection; null: no such state was stored yet.</summary>
    public async ValueTask<string?> CollectionAsync(string mark, CancellationToken cancellationToken) => (await FindAsync(mark, cancellationToken).ConfigureAwait(false))?.Collection;

    /// <summary>The collection and the type of its grains; null: no such state was stored yet.</summary>
    /// <exception cref="InvalidRequestException"><c>state.not_queryable</c>.</exception>
    public async ValueTask<(string Collection, string GrainType)?> KindAsync(string mark, CancellationToken cancellationToken)
    {
        if (await FindAsync(mark, cancellationToken).ConfigureAwait(false) is not { } kind) return null;
        return kind.IsQueryable ? (kind.Collection, kind.GrainType) : throw NotQueryable(kind.Collection);
    }

    private async ValueTask<Query> PrepareAsync(Query query, CancellationToken cancellationToken)
    {
        if (await FindAsync(query.From, cancellationToken).ConfigureAwait(false) is not var (from, _, isQueryable)) return await OfNothingAsync(query, cancellationToken).ConfigureAwait(false);
        if (!isQueryable && LooksInside(query)) throw NotQueryable(from);
        return await NamedAsync(query with { From = from }, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Query> OfNothingAsync(Query query, CancellationToken cancellationToken)
    {
        query = query with { From = StateCollections.Directory };
        return query switch
        {
            ScanQuery scan => scan with { Where = Nothing },
            AggregateQuery aggregate => aggregate with { Where = Nothing },
            TraverseQuery traverse => await NamedAsync(traverse with { Start = Nothing }, cancellationToken).ConfigureAwait(false),
            _ => throw new InvariantViolationException($"a {query.GetType().Name} over grain states is built nowhere"),
        };
    }

    private async ValueTask<Query> NamedAsync(Query query, CancellationToken cancellationToken)
        => query is TraverseQuery traverse ? traverse with { Hops = await NamedAsync(traverse.Hops, cancellationToken).ConfigureAwait(false) } : query;

    private async ValueTask<Hop[]> NamedAsync(IReadOnlyList<Hop> hops, CancellationToken cancellationToken)
    {
        var named = new Hop[hops.Count];
        for (var i = 0; i < named.Length; i++)
        {
            if (await CollectionAsync(hops[i].To.Collection, cancellationToken).ConfigureAwait(false) is { } collection)
            {
                named[i] = hops[i] with { To = hops[i].To with { Collection = collection } };
                continue;
            }

            named[i] = hops[i] with { To = hops[i].To with { Collection = StateCollections.Directory }, Where = Nothing };
        }

        return named;
    }

    /// <summary>It asks for more than whose states there are.</summary>
    private static bool LooksInside(Query query) => query switch
    {
        ScanQuery scan => scan.Where is not null || scan.Sort.Count > 0,
        AggregateQuery aggregate => aggregate.Where is not null || aggregate.By.Count > 0 || aggregate.Compute.Any(one => one.Value.Field is not null),
        _ => true,
    };

    private static InvalidRequestException NotQueryable(string collection)
        => new("state.not_queryable", $"The states in '{collection}' were stored by a serializer of their own; queries do not see into them.", suggestion: "Make the provider's GrainStorageSerializer its FormerSerializer; states become documents as their grains write them");

    private async ValueTask<(string Collection, string GrainType, bool IsQueryable)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.StartsWith(Mark, StringComparison.Ordinal)) return (name, "", true);
        if (_found.TryGetValue(name, out var known)) return known;
        if (await LookUpAsync(name.Split(Between), cancellationToken).ConfigureAwait(false) is not { } found) return null;
        return _found[name] = found;
    }

    private async ValueTask<(string Collection, string GrainType, bool IsQueryable)?> LookUpAsync(string[] mark, CancellationToken cancellationToken)
    {
        var (type, grainType, stateName, provider) = (mark[1], mark[2], mark[3], mark[4]);
        var kinds = await KindsAsync(cancellationToken).ConfigureAwait(false);
        var fitting = kinds.Where(kind => Text(kind, StateDescription.Type) == type && Text(kind, StateDescription.Provider) == provider
            && (grainType.Length == 0 || Text(kind, StateDescription.GrainType) == grainType) && (stateName.Length == 0 || Text(kind, StateDescription.StateName) == stateName)).ToList();
        if (fitting is [var only]) return (only.Id.Text, Text(only, StateDescription.GrainType), only.Fields[StateDescription.Queryable] is not { Kind: ValueKind.Bool } flag || flag.AsBool());
        if (fitting.Count == 0) return null;
        throw new InvalidRequestException("state.ambiguous", $"States of type {type} are stored in {fitting.Count} places.", suggestion: $"Say which: {string.Join(", ", fitting.Select(kind => $"GrainType = {Text(kind, StateDescription.GrainType)}, StateName = {Text(kind, StateDescription.StateName)}"))}");
    }

    private async ValueTask<IReadOnlyList<StoredDocument>> KindsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await database.Collection(StateCollections.Directory).Query().ToListAsync(cancellationToken).ConfigureAwait(false)).Items;
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // Nothing was stored in this database yet; such questions are asked of the directory.
            await EmptyCollection.MakeAsync(database.Collection(StateCollections.Directory), cancellationToken).ConfigureAwait(false);
            return [];
        }
    }

    private static string Text(StoredDocument kind, string field) => kind.Fields[field] is { Kind: ValueKind.String } text ? text.AsString() : "";
}
