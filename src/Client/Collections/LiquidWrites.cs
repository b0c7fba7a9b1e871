using IngoDB.Client.Calls;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Writes given as data. A bulk may name several collections; results come back in its order.</summary>
internal static class LiquidWrites
{
    public static async Task<BulkResult> RunAsync(ReadScope scope, Write write, CancellationToken cancellationToken)
    {
        LiquidValidator.Validate(write);
        var (writes, atomic) = write is BulkWrite bulk ? (bulk.Writes, bulk.Atomic) : ([(DocumentWrite)write], false);
        var byCollection = writes.Select((one, ordinal) => (one, ordinal)).GroupBy(pair => pair.one.Into).ToList();
        if (atomic && byCollection.Count > 1)
            throw new InvalidRequestException("write.atomic_over_collections", "An atomic bulk writes to one collection.", "/writes", "Split it, or leave out \"atomic\"");
        var results = new WriteResult[writes.Count];
        foreach (var group in byCollection)
        {
            var writer = new BulkWriter(scope, group.Key, buffered: null);
            var pending = group.Select(pair => PendingWrite.From(pair.one, scope.Calls.Ids.Next)).ToList();
            var outcome = atomic
                ? await writer.WriteAtomicallyAsync(pending, cancellationToken).ConfigureAwait(false)
                : await writer.WriteAsync(pending.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
            foreach (var (pair, result) in group.Zip(outcome.Results)) results[pair.ordinal] = result;
        }

        return new BulkResult(results);
    }
}
