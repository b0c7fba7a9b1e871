// Subscribing without a subscription: the database keeps nothing for a reader, whose whole state is one version. He asks for what has
// changed after it, does something with the answer, remembers where it ends, and asks again:
//
//   await foreach (var page in db.Changes("orders").FollowAsync(after: await LoadAsync()))
//   {
//       foreach (var change in page.Changes) await ApplyAsync(change);
//       await SaveAsync(page.Until);
//   }
//
// Who dies between the two last steps is told the same changes again: at least once, by version, which within a partition is the order of
// the writes and between partitions that of their clocks. A document that changes often is told as it
// is when he asks, at its newest change, not each time it was something else; so a copy is whole when a page without changes says that it
// is up to date. A document that ends by itself (_expires) says so beforehand, in its fields, and is told again only if it is written.

using System.Runtime.CompilerServices;
using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Changes;

/// <summary>What changes in a collection, from any version on, in one order over all partitions. Immutable, thread-safe.</summary>
public sealed class IngoChangeFeed
{
    private const int PageChangesMax = 10_000;
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);

    private readonly ReadScope _scope;
    private readonly string _collection;
    private readonly Filter? _where;
    private readonly bool _withGone;

    internal IngoChangeFeed(ReadScope scope, string collection, Filter? where, bool withGone) => (_scope, _collection, _where, _withGone) = (scope, collection, where, withGone);

    /// <summary>Only documents that match; one that changed and does not is told as gone, whether or not it matched before.</summary>
    public IngoChangeFeed Where(Filter filter) => new(_scope, _collection, _where is null ? filter : Filter.And(_where, filter), _withGone);

    /// <summary>Only what is there, not what is gone. Such a feed can begin at any version, however long ago.</summary>
    public IngoChangeFeed WithoutGone() => new(_scope, _collection, _where, withGone: false);

    /// <summary>The next changes; none: there are no more at this moment.</summary>
    /// <param name="after">Where the last page ended. None: from the beginning, first of all the documents that there are.</param>
    /// <exception cref="SnapshotTooOldException">So old that what is gone is not known any more. Begin again from None, or read WithoutGone.</exception>
    /// <exception cref="InvalidRequestException"><c>collection.not_found</c>.</exception>
    /// <exception cref="UnavailableException">A partition could not be asked.</exception>
    public async Task<ChangePage> ReadAsync(DocumentVersion after = default, CancellationToken cancellationToken = default)
    {
        var argument = new DocumentBuilder().Add("collection", _collection).Add("limit", (long)PageChangesMax).Add("gone", _withGone);
        if (after != DocumentVersion.None) argument.Add("after", after.ToString());
        if (_where is not null) argument.Add("where", Value.From(LiquidBinary.Write(new ScanQuery { From = _collection, Where = _where })));
        var request = new AdminRequest { Operation = "changes.read", Database = _scope.Database, Argument = SingleDocument.Write(argument.Build()) };
        var page = new DocumentPageReader((await _scope.Calls.AdminAsync(request, isRead: true, cancellationToken).ConfigureAwait(false)).Value);
        page.MoveNext();
        var until = PointInTime.Parse(page.Decode().Fields["until"].AsString());
        var changes = new List<DocumentChange>(page.Count - 1);
        while (page.MoveNext()) changes.Add(page.OrderKey.Length > 0 ? new(DocumentId.ReadKey(page.IdKey), page.Version, null) : new(DocumentId.ReadKey(page.IdKey), page.Version, page.Decode().Fields));
        return new(changes, until);
    }

    /// <summary>Page after page, without end; waits when there is nothing. A page without changes now and then says how far it is known that there are none.</summary>
    /// <param name="askEvery">How long to wait when nothing has changed; null: 100 ms.</param>
    public async IAsyncEnumerable<ChangePage> FollowAsync(DocumentVersion after = default, TimeSpan? askEvery = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var page = await ReadAsync(after, cancellationToken).ConfigureAwait(false);
            var moved = page.Until > after;
            after = page.Until;
            if (moved) yield return page;
            if (page.Changes.Count == 0) await Task.Delay(askEvery ?? AskEvery, _scope.Calls.Options.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
