// One line of the directory of kinds of state: what a query needs to find the states of a .NET type, and what an operator needs to see
// which grain's states lie where, and whether queries can look into them.

using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.GrainStorage.Naming;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Stores;

/// <summary>What <see cref="StateCollections.Directory"/> says of a kind of state.</summary>
internal sealed class StateDescription(IngoDatabase database, string collection, Document fields)
{
    public const string GrainType = "grain";
    public const string StateName = "state";
    public const string Provider = "provider";
    public const string Type = "type";
    public const string Queryable = "queryable";

    public static StateDescription Of<T>(IngoDatabase database, string collection, GrainType grainType, string stateName, string provider, bool isQueryable)
        => new(database, collection, Document.Of((GrainType, grainType.ToString()!), (StateName, stateName), (Provider, provider), (Type, NameOf(typeof(T))), (Queryable, isQueryable)));

    /// <summary>A .NET type as it is called there.</summary>
    public static string NameOf(Type state) => state.FullName ?? state.Name;

    /// <summary>Writes it unless it stands there already. Before it does, the collection is there: who finds it named asks it.</summary>
    public async Task WriteAsync()
    {
        var directory = database.Collection(StateCollections.Directory);
        if (await FindAsync(directory).ConfigureAwait(false) is { } there && there.Fields.Equals(fields)) return;
        await EmptyCollection.MakeAsync(database.Collection(collection)).ConfigureAwait(false);
        await directory.UpsertAsync(fields, new DocumentId(collection)).ConfigureAwait(false);
    }

    private async Task<StoredDocument?> FindAsync(DocumentCollection directory)
    {
        try
        {
            return await directory.GetAsync(new DocumentId(collection)).ConfigureAwait(false);
        }
        catch (InvalidRequestException e) when (e.Code == "collection.not_found")
        {
            // The first state of all.
            return null;
        }
    }
}
