// The client's feed of changes with states for documents. Of a state that is gone only the id is left, which is the grain's key; its type
// is that of the collection, as the directory of kinds knows it. (Keys of more than 255 bytes come back shortened, as their _id is.)

using System.Runtime.CompilerServices;
using IngoDB.Client.Changes;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.Queries;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Changes;

/// <summary>Changes of the states of one kind. One per query.</summary>
internal sealed class GrainStateFeed<TState>(StateSource source, StateMapper<TState> states, ScanQuery query)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public async IAsyncEnumerable<GrainStateChanges<TState>> FollowAsync(DocumentVersion after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Collection, string GrainType)? kind;
        while ((kind = await source.KindAsync(query.From, cancellationToken).ConfigureAwait(false)) is null)
            await Task.Delay(LookEvery, source.Database.Scope.Calls.Options.Time, cancellationToken).ConfigureAwait(false);

        var feed = source.Database.Changes(kind.Value.Collection);
        if (query.Where is { } where) feed = feed.Where(where);
        await foreach (var page in feed.FollowAsync(after, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return new([.. page.Changes.Select(change => ToState(change, kind.Value.GrainType))], page.Until);
    }

    private GrainStateChange<TState> ToState(DocumentChange change, string grainType)
    {
        if (change.Fields is not { } fields) return new(GrainId.Create(grainType, StateIds.KeyOf(change.Id.ToValue())), change.Version, default, IsGone: true);
        var document = new StoredDocument(change.Id, change.Version, fields);
        return new(StateLayout.GrainOf(document), change.Version, states.FromDocument(document), IsGone: false);
    }
}
