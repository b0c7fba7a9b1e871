// An atomic batch over several partitions, as one partition sees it (Transactions/TransactionRules.cs tells the whole): what a driver and the
// other partitions ask of it, and how readers wait for what is prepared and not finished.
//
// A read of the present that meets something prepared may not answer as of a moment before the commit, since the batch may have been
// acknowledged. It waits for what is there, and then reads at what is visible, for which it may have to wait once more; never a third time:
//
//   wait for what is prepared now ─► point in time: the present, which has all their commits ─► wait for what is prepared up to there ─► read

using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>What a participant says to a prepare.</summary>
/// <param name="Results">Those of the writes, whose versions are not known yet.</param>
/// <param name="Prepared">None: one was refused, and nothing is held.</param>
public readonly record struct TransactionPrepared(WriteResult[] Results, DocumentVersion Prepared);

/// <summary>What the coordinator partition says to a decide.</summary>
/// <param name="Results">Of the whole batch when it is committed, of the coordinator partition's writes when one of these was refused.</param>
/// <param name="Committed">The version, when this call has committed it; none: refused, or answered before.</param>
/// <param name="IsRefused">A condition of the coordinator partition's own writes does not hold.</param>
public readonly record struct TransactionDecided(WriteResult[] Results, DocumentVersion Committed, bool IsRefused);

/// <summary>A transaction that somebody has to look after.</summary>
/// <param name="Transaction">Which.</param>
/// <param name="Coordinator">Of what is prepared here: whom to ask.</param>
/// <param name="Version">When it was prepared, committed or aborted.</param>
/// <param name="ToTell">Of what was committed here: who has to finish.</param>
public readonly record struct OpenTransaction(TransactionId Transaction, int? Coordinator, DocumentVersion Version, IReadOnlyList<int>? ToTell);

public sealed partial class StorageEngine
{
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    /// <summary>Something is prepared here and not finished, so that reads of the present may have to wait.</summary>
    public bool HasPrepared => _intents.IsAny;

    /// <summary>What is prepared here and not finished, and what is decided here and not forgotten.</summary>
    public IReadOnlyList<OpenTransaction> OpenTransactions =>
    [
        .. _intents.Unfinished.Select(intent => new OpenTransaction(intent.Id, intent.Coordinator, intent.Prepared, null)),
        .. _intents.Decided.Select(known => new OpenTransaction(known.Id, null, known.Version, (known.Record as TransactionRecord.Committed)?.Participants)),
    ];

    /// <summary>Takes the keys of the writes, and promises to make them. Waits for keys that others hold.</summary>
    /// <exception cref="InvalidRequestException">As <see cref="WriteAsync"/>; nothing is held.</exception>
    /// <exception cref="UnavailableException"><c>write.held</c>: another one holds a key; nothing is held.</exception>
    public async ValueTask<TransactionPrepared> PrepareAsync(TransactionId transaction, int coordinator, IReadOnlyList<EngineWrite> writes, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        Check(writes, atomic: true);
        if (HasToWait()) await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        var step = new PrepareStep(transaction, coordinator);
        var results = await CommitAsync(new CommitRequest(writes, atomic: true, durable: true) { Step = step }).ConfigureAwait(false);
        return new(results, step.Prepared);
    }

    /// <summary>Makes the coordinator partition's own writes and commits all of it, if their conditions hold and nobody has given it up.</summary>
    /// <param name="key">Of the request: a second one with the same is answered as the first was.</param>
    /// <param name="transaction">Everybody in <paramref name="participants"/> has prepared it.</param>
    /// <param name="participants">The other partitions.</param>
    /// <param name="earliest">The least of the versions at which they prepared.</param>
    /// <param name="latest">The greatest.</param>
    /// <param name="others">Results of the whole batch as they prepared them; null where the writes are this partition's own, in their order.</param>
    /// <param name="writes">This partition's own.</param>
    /// <exception cref="UnavailableException"><c>write.held</c>, <c>transaction.given_up</c>: nothing was written, nor will be.</exception>
    /// <exception cref="UnknownOutcomeException">It was committed before, and what was answered is not known.</exception>
    public async ValueTask<TransactionDecided> DecideAsync(RequestKey key, TransactionId transaction, IReadOnlyList<int> participants, DocumentVersion earliest, DocumentVersion latest,
        WriteResult?[] others, IReadOnlyList<EngineWrite> writes, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        key.Check();
        Check(writes, atomic: true);
        if (HasToWait()) await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        await ObserveAsync(latest, cancellationToken).ConfigureAwait(false);
        var step = new DecideStep(transaction, participants, earliest, others);
        var own = await CommitAsync(new CommitRequest(writes, atomic: true, durable: true, key) { Step = step }).ConfigureAwait(false);
        if (step.IsTooLate) throw new UnavailableException("transaction.given_up", "The atomic batch took too long to prepare and was given up. Nothing was written; try again.");
        if (step.IsUnknown) throw new UnknownOutcomeException("The atomic batch was committed before; what was answered then is not known.");
        return new(step.Results ?? own, step.Committed, step.Results is null);
    }

    /// <summary>What was answered to a decided request of this name; null: nothing.</summary>
    /// <param name="writes">How many the whole request has.</param>
    public async ValueTask<WriteResult[]?> RecallAsync(RequestKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        var step = new RecallStep();
        await CommitAsync(new CommitRequest([], atomic: true, durable: true, key) { Step = step }).ConfigureAwait(false);
        return step.Results;
    }

    /// <summary>What has become of a transaction whose coordinator partition this is: its version, none when it was given up, null when that is not decided.</summary>
    /// <param name="prepared">The version of the asking participant.</param>
    /// <param name="isGivenUp">Its driver asks, and will not decide: nobody waits for him.</param>
    public async ValueTask<DocumentVersion?> AskAsync(TransactionId transaction, DocumentVersion prepared, bool isGivenUp = false, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await ObserveAsync(prepared, cancellationToken).ConfigureAwait(false);
        var step = new AskStep(transaction, prepared, isGivenUp);
        await CommitAsync(new CommitRequest([], atomic: true, durable: true) { Step = step }).ConfigureAwait(false);
        return step.Outcome;
    }

    /// <summary>The coordinator partition's word: makes what was prepared so, durably, or drops it. Twice does no harm.</summary>
    /// <param name="commit">None: given up.</param>
    /// <param name="clock">The coordinator partition's, when it gave it up: if that is far ahead, a second try would fail like the first.</param>
    public async ValueTask FinishAsync(TransactionId transaction, DocumentVersion commit, DocumentVersion clock = default, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        await ObserveAsync(commit > clock ? commit : clock, cancellationToken).ConfigureAwait(false);
        await CommitAsync(new CommitRequest([], atomic: true, durable: true) { Step = new FinishStep(transaction, commit) }).ConfigureAwait(false);
    }

    /// <summary>What was decided is not needed any more: everybody has finished, or would come too late.</summary>
    public async ValueTask ForgetAsync(TransactionId transaction, bool allFinished)
    {
        ThrowIfClosed();
        await CommitAsync(new CommitRequest([], atomic: true, durable: false) { Step = new ForgetStep(transaction, allFinished) }).ConfigureAwait(false);
    }

    /// <summary>Completes when a read of the present that begins then finds the document as it is after everything that was acknowledged before the call.</summary>
    /// <exception cref="UnavailableException"><c>transaction.undecided</c>.</exception>
    public ValueTask WhenFreeAsync(CollectionId collection, DocumentId id)
        => _intents.IsAny && _intents.HolderOf(EntryKey.Of(collection, id)) is { Writes: true } holder ? new(WaitAsync(holder.Finished)) : default;

    /// <summary>The present as a point in time with nothing prepared at or below it.</summary>
    /// <exception cref="UnavailableException"><c>transaction.undecided</c>.</exception>
    public async ValueTask<EngineSnapshot> SettledAsync()
    {
        if (_intents.IsAny && _intents.FinishedUpTo(Visible) is { } first) await WaitAsync(first).ConfigureAwait(false);
        return await SettledAsync(TakeSnapshot()).ConfigureAwait(false);
    }

    private async ValueTask<EngineSnapshot> SettledAsync(EngineSnapshot snapshot)
    {
        if (!_intents.IsAny || _intents.FinishedUpTo(snapshot.Version) is not { } finished) return snapshot;
        try
        {
            await WaitAsync(finished).ConfigureAwait(false);
            return snapshot;
        }
        catch
        {
            snapshot.Dispose();
            throw;
        }
    }

    /// <summary>For who can not wait otherwise: blocks. The state is taken while the point in time is kept, so that it has all of it.</summary>
    private ReadPoint SettledReadPoint(out EngineState state)
    {
        using var settled = SettledAsync().AsTask().GetAwaiter().GetResult();
        state = _state;
        return settled.Point;
    }

    private async Task WaitAsync(Task finished)
    {
        await finished.WaitAsync(ReadPatience, Options.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!finished.IsCompleted)
            throw new UnavailableException("transaction.undecided", $"An atomic batch over several partitions is prepared here and not decided: partition {(_intents.Unfinished is [var open, ..] ? open.Coordinator : 0)} does not say what becomes of it. Try again.");
    }

    /// <summary>What is written from here on is newer.</summary>
    private async ValueTask ObserveAsync(DocumentVersion version, CancellationToken cancellationToken)
    {
        if (version == DocumentVersion.None || version <= Visible) return;
        _clock.Observe(version);
        if (_replicated is { } replicated) await replicated.CloseAsync(version, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>At the opening: what the entries say that were there before.</summary>
    private void ReadIntents()
    {
        var inputs = new List<EntryCursor>();
        foreach (var memtable in _state.Sealed)
            if (memtable.RememberedCount > 0) inputs.Add(memtable.OpenCursor());
        foreach (var table in _state.Tables)
            if (table.Info.RowsOf(CollectionId.Transactions) > 0) inputs.Add(table.OpenCursor(new ReadCountersBox(), fillCache: false));
        if (inputs.Count == 0) return;
        using var entries = new VisibleCursor(new MergeCursor(inputs), ReadPoint.At(Visible));
        for (var more = entries.Seek(EntryKey.Prefix(CollectionId.Transactions)); more && EntryKey.CollectionOf(entries.Key) == CollectionId.Transactions; more = entries.MoveNext())
            _intents.Apply(entries.Key, entries.Version, entries.Shape, entries.Row, isThere: true);
    }
}
