// Writes by filter. The documents are found at one point in time and written in steps, each a batch of decided writes like any
// other:
//
//   scan at a snapshot, by _id ──► some hundred ids and versions ──► under the commit lock, each:
//        the version that was found        it matches, as found: write
//        another, and it matches still     write
//        another, or gone                  a conflict: left alone
//
// Nothing holds the documents between the scan and their turn, so what is promised is about each document, not about all of them: it was
// a match when it was written. `expected` is compared with the number at the snapshot, before the first write.
//
// A request with a name remembers after each step how far it came (RequestFormat, kind 2), in the batch of that step. Sent again after a crash
// it goes on behind the last document; sent again while it runs, it waits for the same run. So each document is written once at most.

using System.Collections.Concurrent;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const int StepWritesMax = 256;

    private readonly ConcurrentDictionary<RequestKey, Lazy<Task<WhereResult>>> _whereWrites = new();

    /// <summary>Patches or deletes every document that matches.</summary>
    /// <param name="write">Its collection's name is not looked at.</param>
    /// <param name="key">A request with a name goes on where it was when it is sent again.</param>
    /// <param name="snapshot">Where documents are found; null: now.</param>
    /// <exception cref="InvalidRequestException">A filter or step that makes no sense, a collection that is not there; nothing was written.</exception>
    /// <exception cref="ConflictException"><c>write.unexpected_count</c>: another number of documents matches; nothing was written.</exception>
    public async ValueTask<WhereResult> WriteWhereAsync(
        CollectionId collection, WhereWrite write, RequestKey key = default, EngineSnapshot? snapshot = null, Durability? durability = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        LiquidValidator.Validate(write);
        key.Check();
        _ = Known(collection);
        if (!key.IsGiven) return await RunAsync().ConfigureAwait(false);
        var run = _whereWrites.GetOrAdd(key, _ => new(RunAsync));
        try
        {
            return await run.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (run.Value.IsCompleted) _whereWrites.TryRemove(new(key, run));
        }

        Task<WhereResult> RunAsync() => WriteWhereOnceAsync(collection, write, key, snapshot, durability, cancellationToken);
    }

    /// <summary>Whether a request with this name has written something here before, or is about to.</summary>
    public bool HasBegun(RequestKey key) => key.IsGiven && (_whereWrites.ContainsKey(key) || FindProgress(key) is not null);

    private async Task<WhereResult> WriteWhereOnceAsync(CollectionId collection, WhereWrite write, RequestKey key, EngineSnapshot? at, Durability? durability, CancellationToken cancellationToken)
    {
        var begun = key.IsGiven ? FindProgress(key) : null;
        if (begun is { IsDone: true }) return begun.Counts;
        using var taken = at is null ? TakeSnapshot() : null;
        var snapshot = at ?? taken!;
        if (begun is null && (write.DryRun || write.Expected is not null))
        {
            var matched = Count(collection, write.Where, snapshot, cancellationToken);
            if (write.Expected is { } expected && matched != expected) throw Unexpected(expected, matched);
            if (write.DryRun) return new(matched, 0, 0, 0);
        }

        var progress = begun ?? WriteProgress.Begin;
        var filter = new CompiledFilter(write.Where);
        using var found = Scan(new ScanRequest(collection) { Where = write.Where, After = progress.Last is { } last ? KeyOf(last) : default }, snapshot, cancellationToken);
        var more = found.MoveNext();
        while (more)
        {
            var step = new List<EngineWrite>(StepWritesMax);
            do step.Add(StepOf(write, collection, found, filter));
            while ((more = found.MoveNext()) && step.Count < StepWritesMax);
            var (before, isLast) = (progress, !more);
            var request = new CommitRequest(step, atomic: false, durability is { } asked ? asked == Durability.Durable : IsDurable(step), key)
            {
                Progress = results => Add(before, results) with { IsDone = isLast },
            };
            cancellationToken.ThrowIfCancellationRequested();
            await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            progress = Add(before, await CommitAsync(request).ConfigureAwait(false));
            _queries.Statistics.RecordWrites(collection, step.Count);
        }

        return progress.Counts;
    }

    private static WriteProgress Add(WriteProgress progress, WriteResult[] results)
    {
        foreach (var result in results) progress = progress.After(result);
        return progress;
    }

    private static EngineWrite StepOf(WhereWrite write, CollectionId collection, DocumentStream found, CompiledFilter filter)
    {
        var id = DocumentId.ReadKey(found.IdKey);
        return write is UpdateWhereWrite update
            ? new(WriteKind.Patch, collection, id) { IfVersion = found.Version, FoundBy = filter, Steps = update.Steps }
            : new(WriteKind.Delete, collection, id) { IfVersion = found.Version, FoundBy = filter };
    }

    private static byte[] KeyOf(DocumentId id)
    {
        Span<byte> key = stackalloc byte[DocumentId.KeyBytesMax];
        return key[..id.WriteKey(key)].ToArray();
    }

    private static ConflictException Unexpected(long expected, long matched)
        => new("write.unexpected_count", $"{matched} documents match, not {expected}; nothing was written. Look at them with a scan, or with dryRun, and decide.");
}
