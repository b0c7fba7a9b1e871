// What a transactional state has beside its committed state. It is a document of its own, under the state's _id and so in its partition:
//
//   transactions:account:balance   {"_id": "ada", "grain": {..}, "committed": 4, "metadata": {..}, "prepared": [{"sequence": 5, ..}], "states": [{"amount": 70}]}
//   grain:account:balance          {"_id": "ada", "grain": {..}, "amount": 100}
//
// States that are prepared stand in it whole. There are few (one for each transaction that has not ended), and a batch of them comes at once: a
// document each would be two more entries in the log for every transaction.

using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Transactions;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage.Transactions;

/// <summary>A prepared version: what the protocol says of it, and its state as the document that it will be.</summary>
internal sealed record PreparedState(PreparedEntry Entry, Document State);

/// <summary>The protocol's word on a prepared version.</summary>
internal sealed class PreparedEntry
{
    public long Sequence { get; set; }

    public string? Transaction { get; set; }

    public DateTime Time { get; set; }

    /// <summary>Who knows how the transaction ends; default: the grain itself.</summary>
    public ParticipantId Manager { get; set; }
}

/// <summary>The fields of the document but for the states.</summary>
internal sealed class TransactionFields
{
    public long Committed { get; set; }

    public TransactionalStateMetaData Metadata { get; set; } = new();

    public List<PreparedEntry> Prepared { get; set; } = [];
}

/// <summary>What is stored, in memory.</summary>
/// <param name="Committed">The sequence number of the committed state; 0: none was.</param>
/// <param name="Prepared">By ascending sequence numbers.</param>
internal sealed record TransactionHead(long Committed, TransactionalStateMetaData Metadata, IReadOnlyList<PreparedState> Prepared)
{
    private const string States = "states";

    /// <summary>That of a state which never was. (The runtime writes into the metadata that it gets, so each has its own.)</summary>
    public static TransactionHead New() => new(0, new(), []);

    public static TransactionHead FromDocument(StoredDocument document, IStateCodec<TransactionFields> codec)
    {
        var fields = codec.Decode(document)!;
        var states = document.Fields[States].AsArray().ToArray();
        return new(fields.Committed, fields.Metadata, [.. fields.Prepared.Zip(states, static (entry, state) => new PreparedState(entry, state.AsDocument()))]);
    }

    public Document ToDocument(Orleans.Runtime.GrainId grain, IStateCodec<TransactionFields> codec)
    {
        var row = codec.Encode(grain, new() { Committed = Committed, Metadata = Metadata, Prepared = [.. Prepared.Select(state => state.Entry)] }, expires: null);
        return new RowReader(row.Shape, row.Bytes.Span).Decode().With(States, Value.From([.. Prepared.Select(state => Value.From(state.State))]));
    }

    /// <summary>What it is after a store: first what is aborted goes, then what is prepared comes or replaces, then what is committed moves up.</summary>
    /// <returns>And the state that is committed by it; null: the committed state stays.</returns>
    /// <exception cref="InvalidOperationException">What is to be committed was never prepared.</exception>
    public (TransactionHead Head, Document? Committed) After(TransactionalStateMetaData metadata, IEnumerable<PreparedState> prepare, long? commitUpTo, long? abortAfter)
    {
        var prepared = new SortedDictionary<long, PreparedState>();
        foreach (var state in Prepared)
            if (abortAfter is null || state.Entry.Sequence <= abortAfter) prepared[state.Entry.Sequence] = state;
        foreach (var state in prepare) prepared[state.Entry.Sequence] = state;
        if (commitUpTo is not { } upTo || upTo <= Committed) return (new(Committed, metadata, [.. prepared.Values]), null);
        if (!prepared.TryGetValue(upTo, out var committed)) throw new InvalidOperationException($"Sequence number {upTo} is to be committed and was not prepared.");
        return (new(upTo, metadata, [.. prepared.Values.Where(state => state.Entry.Sequence > upTo)]), committed.State);
    }
}
