// A bulk that is not atomic goes to each of its collections as pages of its own; an atomic one is one request, with a page per
// collection.

using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Writes given as data. A bulk may name several collections; results come back in its order.</summary>
internal static class LiquidWrites
{
    public static async Task<BulkResult> RunAsync(ReadScope scope, Write write, CancellationToken cancellationToken)
    {
        LiquidValidator.Validate(write);
        var (writes, atomic) = write switch
        {
            BulkWrite bulk => (bulk.Writes, bulk.Atomic),
            DocumentWrite one => ([one], false),
            _ => throw new InvalidRequestException("query.unknown_kind", "A write by filter answers with counts, not with results of documents.", "/kind", suggestion: "Pass it as a WhereWrite"),
        };
        var groups = writes.Select((one, ordinal) => (one, ordinal)).GroupBy(pair => pair.one.Into)
            .Select(group => (Collection: group.Key, Ordinals: group.Select(pair => pair.ordinal).ToArray(), Writes: group.Select(pair => PendingWrite.From(pair.one, scope.Calls.Ids.Next)).ToArray())).ToList();
        var results = new WriteResult[writes.Count];
        if (atomic)
        {
            var outcome = await BulkWriter.WriteAtomicallyAsync(scope, [.. groups.Select(group => (group.Collection, (IReadOnlyList<PendingWrite>)group.Writes))], buffered: null, cancellationToken).ConfigureAwait(false);
            foreach (var (ordinal, result) in groups.SelectMany(group => group.Ordinals).Zip(outcome.Results)) results[ordinal] = result;
            return new BulkResult(results);
        }

        foreach (var group in groups)
        {
            var outcome = await new BulkWriter(scope, group.Collection, buffered: null).WriteAsync(group.Writes.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
            foreach (var (ordinal, result) in group.Ordinals.Zip(outcome.Results)) results[ordinal] = result;
        }

        return new BulkResult(results);
    }
}
