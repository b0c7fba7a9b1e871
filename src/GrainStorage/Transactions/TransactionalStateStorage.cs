// A transactional state natively: its committed state is a document like any other state, which queries see, and what the protocol needs beside it
// another (TransactionHead). Each step of the protocol is one atomic batch of at most two documents in one partition: prepared, committed
// and aborted all at once, on disk with one sync.
//
// The ETag is the version of the head, and every batch is conditional on it: of two activations the second is refused, and reads again.

using IngoDB.Client.Collections;
using IngoDB.GrainStorage.Naming;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.Transactions.Abstractions;

namespace IngoDB.GrainStorage.Transactions;

/// <summary>See <see cref="ITransactionalStateStorage{TState}"/>. One per activation and state; one caller at a time.</summary>
/// <param name="findKind">The place of such states, once the database is known.</param>
internal sealed class TransactionalStateStorage<T>(Func<ValueTask<TransactionKind<T>>> findKind, GrainId grain) : ITransactionalStateStorage<T>
    where T : class, new()
{
    private readonly DocumentId _id = StateIds.Of(grain);
    private TransactionHead _head = TransactionHead.New();
    private DocumentVersion _version;

    /// <exception cref="InvalidRequestException"><c>state.not_transactional</c>.</exception>
    public async Task<TransactionalStorageLoadResponse<T>> Load()
    {
        var kind = await findKind().ConfigureAwait(false);
        var (head, committed) = await kind.ReadAsync(_id).ConfigureAwait(false);
        (_head, _version) = head is null ? (TransactionHead.New(), DocumentVersion.None) : (TransactionHead.FromDocument(head, kind.Heads), head.Version);
        var state = committed is null ? null : kind.States.Codec.Decode(committed);
        return new(head?.Version.ToString(), state ?? new T(), _head.Committed, _head.Metadata, [.. _head.Prepared.Select(prepared => ToPending(kind, prepared))]);
    }

    /// <exception cref="InconsistentStateException">Somebody else has stored since; nothing was stored.</exception>
    public async Task<string> Store(string? expectedETag, TransactionalStateMetaData metadata, List<PendingTransactionState<T>>? statesToPrepare, long? commitUpTo, long? abortAfter)
    {
        var known = _version == DocumentVersion.None ? null : _version.ToString();
        if (expectedETag != known) throw Inconsistent(known, expectedETag, "it is not the one that was loaded");
        var kind = await findKind().ConfigureAwait(false);
        var (head, committed) = _head.After(metadata, (statesToPrepare ?? []).Select(pending => ToPrepared(kind, pending)), commitUpTo, abortAfter);
        try
        {
            _version = await kind.WriteAsync(_id, _version, head.ToDocument(grain, kind.Heads), committed).ConfigureAwait(false);
        }
        catch (ConflictException conflict)
        {
            throw Inconsistent(null, expectedETag, conflict.Message);
        }

        _head = head;
        return _version.ToString();
    }

    private PendingTransactionState<T> ToPending(TransactionKind<T> kind, PreparedState prepared) => new()
    {
        SequenceId = prepared.Entry.Sequence,
        TransactionId = prepared.Entry.Transaction!,
        TimeStamp = prepared.Entry.Time,
        TransactionManager = prepared.Entry.Manager,
        State = kind.States.Codec.Decode(new(_id, _version, prepared.State)) ?? new T(),
    };

    private PreparedState ToPrepared(TransactionKind<T> kind, PendingTransactionState<T> pending)
    {
        var row = kind.States.Codec.Encode(grain, pending.State, expires: null);
        var entry = new PreparedEntry { Sequence = pending.SequenceId, Transaction = pending.TransactionId, Time = pending.TimeStamp, Manager = pending.TransactionManager };
        return new(entry, new RowReader(row.Shape, row.Bytes.Span).Decode());
    }

    private InconsistentStateException Inconsistent(string? stored, string? expected, string why)
        => new($"The transactional state of {grain} is not the one that was loaded: {why}", stored ?? "", expected ?? "");
}
