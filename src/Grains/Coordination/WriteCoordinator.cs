// Writes, split by partition: a page's writes are copied to one page per partition (bytes, nothing decoded), sent side by
// side, and the results put back in the order of the writes. What a partition could not do is told for each of its writes;
// only when nothing at all was done is the whole request a fault.
//
// An atomic batch in one partition is one batch of its log; one over several goes to TransactionCoordinator.
//
// Plain puts to partitions of this silo, which is what batches mostly are, go a straighter way (LocalPuts).

using System.IO.Hashing;
using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Coordination;

/// <summary>Splits, sends, and puts together. Thread-safe.</summary>
internal sealed class WriteCoordinator(CatalogView catalog, PartitionRouter router, TransactionCoordinator transactions, LocalPuts puts)
{
    public async ValueTask<WriteReply> RunAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        var map = await catalog.EnsureAsync(request.Database, cancellationToken).ConfigureAwait(false);
        if (request.Session != Guid.Empty) request = request.Fingerprinted(FingerprintOf(request));
        var reply = await RunAsync(map, request, cancellationToken).ConfigureAwait(false);
        if (StaleNames.Are(reply.Fault)) reply = await RunAsync(await catalog.RefreshAsync(map, cancellationToken).ConfigureAwait(false), request, cancellationToken).ConfigureAwait(false);
        return request.WithPositions && reply.Outcomes.Length > 0 ? new() { Outcomes = reply.Outcomes, Fault = reply.Fault, Written = Written(map, request, reply.Outcomes) } : reply;
    }

    /// <summary>Outcomes stand in the order of the pages' writes, whichever partitions they went to.</summary>
    private static PartitionPosition[] Written(DatabaseMap map, WriteRequest request, WriteOutcome[] outcomes)
    {
        var newest = new SortedDictionary<int, ulong>();
        var next = 0;
        foreach (var page in request.More.Select(more => more.Page).Prepend(request.Page))
        {
            var reader = new WritePageReader(page);
            while (reader.MoveNext())
            {
                var partition = PartitionHash.PartitionOf(map, reader.IdKey);
                newest[partition] = Math.Max(newest.GetValueOrDefault(partition), outcomes[next++].Version);
            }
        }

        return [.. newest.Where(written => written.Value > 0).Select(written => new PartitionPosition(written.Key, written.Value))];
    }

    private async ValueTask<WriteReply> RunAsync(DatabaseMap map, WriteRequest request, CancellationToken cancellationToken)
    {
        if (await puts.TryWriteAsync(map, request, cancellationToken).ConfigureAwait(false) is { } put) return put;
        if (request.More.Length > 0) return await RunManyAsync(map, request, cancellationToken).ConfigureAwait(false);
        var split = WriteSplit.Of(map, request.Page);
        if (split.Parts.Count == 0) return new() { Outcomes = [] };
        if (request.Atomic && split.Parts.Count > 1) return await RunManyAsync(map, request, cancellationToken).ConfigureAwait(false);
        (map, var found) = await catalog.FindCollectionAsync(map, request.Collection, cancellationToken).ConfigureAwait(false);
        if (found is null && AbsentIn(map, request.Collection, request.Page) is { } nothing)
            return new() { Outcomes = request.Atomic && AbsentWrites.AnyRefused(nothing) ? AbsentWrites.Aborted([new() { Collection = request.Collection, Page = request.Page }], [nothing]) : nothing };
        var collection = found ?? await catalog.EnsureCollectionAsync(map, request.Collection, cancellationToken).ConfigureAwait(false);
        var scope = new RequestScope(map, router, cancellationToken);
        var replies = await Task.WhenAll(split.Parts.Select(part => SendAsync(scope, request, request.Collection, collection.Id, part))).ConfigureAwait(false);
        if (replies.Length == 1) return Shortened(request, replies[0]);
        if (Array.TrueForAll(replies, reply => reply.Fault is not null)) return replies[0];

        var outcomes = new WriteOutcome[split.Count];
        for (var i = 0; i < replies.Length; i++)
            for (var j = 0; j < split.Parts[i].Positions.Count; j++) outcomes[split.Parts[i].Positions[j]] = replies[i].Fault is { } fault ? Refused(fault) : replies[i].Outcomes[j];
        return Shortened(request, new() { Outcomes = outcomes });
    }

    /// <summary>An atomic batch over several collections or partitions.</summary>
    private async ValueTask<WriteReply> RunManyAsync(DatabaseMap map, WriteRequest request, CancellationToken cancellationToken)
    {
        if (!request.Atomic) throw new InvalidRequestException("write.not_atomic", "A request over several collections is an atomic batch.", "/atomic", suggestion: "Write to each collection by itself, or set atomic");
        CollectionPage[] pages = [new() { Collection = request.Collection, Page = request.Page }, .. request.More];
        if (Array.TrueForAll(pages, page => new WritePageReader(page.Page).Count == 0)) return new() { Outcomes = [] };
        var absent = new WriteOutcome[pages.Length][];
        for (var i = 0; i < pages.Length; i++)
        {
            (map, var found) = await catalog.FindCollectionAsync(map, pages[i].Collection, cancellationToken).ConfigureAwait(false);
            absent[i] = (found is null ? AbsentIn(map, pages[i].Collection, pages[i].Page) : null)!;
        }

        if (Array.Exists(absent, outcomes => outcomes is not null && AbsentWrites.AnyRefused(outcomes))) return new() { Outcomes = AbsentWrites.Aborted(pages, absent) };
        var present = pages.Where((_, i) => absent[i] is null).ToArray();
        for (var i = 0; i < present.Length; i++)
        {
            var collection = await catalog.EnsureCollectionAsync(map, present[i].Collection, cancellationToken).ConfigureAwait(false);
            present[i] = new() { Collection = present[i].Collection, CollectionId = collection.Id, Page = present[i].Page };
        }

        if (present.Length == 0) return new() { Outcomes = [.. absent.SelectMany(outcomes => outcomes)] };
        var split = TransactionSplit.Of(map, present);
        var reply = split.Parts.Count == 1
            ? await SendAsync(new(map, router, cancellationToken), request, present[0], split.Parts[0].Partition, present[1..]).ConfigureAwait(false)
            : await transactions.RunAsync(map, request, split, cancellationToken).ConfigureAwait(false);
        return Shortened(request, reply.Fault is null && present.Length < pages.Length ? new() { Outcomes = PutTogether(pages, absent, reply.Outcomes) } : reply);
    }

    private static WriteOutcome[]? AbsentIn(DatabaseMap map, string collection, byte[] page) => Model.CollectionName.IsValid(collection) ? AbsentWrites.Of(map, collection, page) : null;

    /// <summary>Outcomes by page, those of absent collections among the others.</summary>
    private static WriteOutcome[] PutTogether(CollectionPage[] pages, WriteOutcome[]?[] absent, WriteOutcome[] sent)
    {
        var (outcomes, next) = (new List<WriteOutcome>(), 0);
        for (var i = 0; i < pages.Length; i++)
        {
            var mine = absent[i] ?? sent[next..(next + new WritePageReader(pages[i].Page).Count)];
            if (absent[i] is null) next += mine.Length;
            outcomes.AddRange(mine);
        }

        return [.. outcomes];
    }

    private static Task<WriteReply> SendAsync(RequestScope scope, WriteRequest request, CollectionPage first, int partition, CollectionPage[] more)
        => SendAsync(scope, request, first.Collection, first.CollectionId, new(partition, first.Page, []), more);

    private static ulong FingerprintOf(WriteRequest request)
        => request.More.Aggregate(XxHash3.HashToUInt64(request.Page), static (hash, page) => XxHash3.HashToUInt64(page.Page, (long)hash));

    private static WriteReply Shortened(WriteRequest request, WriteReply reply)
        => request.Brief && Array.TrueForAll(reply.Outcomes, outcome => outcome.Status != (byte)WriteStatus.Refused) ? new() { Outcomes = [], Fault = reply.Fault } : reply;

    private static async Task<WriteReply> SendAsync(RequestScope scope, WriteRequest request, string name, uint collection, WritePart part, CollectionPage[]? more = null)
    {
        var mine = new WriteRequest
        {
            Collection = name,
            CollectionId = collection,
            Page = part.Page,
            Atomic = request.Atomic,
            Buffered = request.Buffered,
            Database = request.Database,
            Session = request.Session,
            Sequence = request.Sequence,
            Fingerprint = request.Fingerprint,
            More = more ?? [],
        };
        try
        {
            return await scope.TellAsync(part.Partition, grain => grain.WriteAsync(mine, scope.Cancellation), isRepeatable: request.Session != Guid.Empty).ConfigureAwait(false);
        }
        catch (IngoDBException e)
        {
            return new() { Outcomes = [], Fault = FaultCodec.From(e) };
        }
    }

    public static WriteOutcome Refused(Fault fault) => new() { Status = (byte)WriteStatus.Refused, ErrorCode = fault.Code, ErrorMessage = fault.Message };
}

/// <summary>The writes of one partition, and where they stood in the request.</summary>
internal sealed record WritePart(int Partition, byte[] Page, IReadOnlyList<int> Positions);

/// <summary>A page of writes by partition. Pure.</summary>
internal sealed record WriteSplit(int Count, IReadOnlyList<WritePart> Parts)
{
    /// <exception cref="InvalidRequestException"><c>write.bad_page</c>.</exception>
    public static WriteSplit Of(DatabaseMap map, byte[] page)
    {
        var partitions = PartitionsOf(map, page);
        var distinct = partitions.Distinct().Order().ToList();
        if (distinct is [var only]) return new(partitions.Count, [new(only, page, [.. Enumerable.Range(0, partitions.Count)])]);

        var writers = distinct.ToDictionary(p => p, _ => (Page: new WritePageWriter(), Positions: new List<int>()));
        var reader = new WritePageReader(page);
        for (var i = 0; reader.MoveNext(); i++)
        {
            var (writer, positions) = writers[partitions[i]];
            writer.Copy(reader);
            positions.Add(i);
        }

        return new(partitions.Count, [.. distinct.Select(p => new WritePart(p, writers[p].Page.Finish(), writers[p].Positions))]);
    }

    private static List<int> PartitionsOf(DatabaseMap map, byte[] page)
    {
        var reader = new WritePageReader(page);
        var partitions = new List<int>(reader.Count);
        while (reader.MoveNext())
        {
            if (!IdKeys.IsKey(reader.IdKey)) throw new InvalidRequestException("write.bad_page", "A write's id is not the key of a document id.");
            partitions.Add(PartitionHash.PartitionOf(map, reader.IdKey));
        }

        return partitions;
    }
}
