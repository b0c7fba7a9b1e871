// What a step of a transaction becomes in the log: what is known is read, the rules choose, and the choice is written as entries. The
// same for an engine alone and for one with copies; both call it in the order of their log, one step at a time.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Turns a step into a batch of one version.</summary>
/// <param name="rules">What is right.</param>
/// <param name="read">The newest state of a key in the order of the log.</param>
/// <param name="writes">Decides the documents among the writes.</param>
/// <param name="requests">What was answered before.</param>
/// <param name="shapes">Of the engine.</param>
internal sealed class TransactionResolver(TransactionRules rules, PresentStateReader read, WriteResolver writes, RequestLedger requests, ShapeRegistry shapes)
{
    /// <param name="version">What the batch has.</param>
    /// <param name="request">With the step, which learns what came of it.</param>
    /// <param name="batch">Cleared, then filled; it stays empty when there is nothing to write.</param>
    /// <returns>Some write expires.</returns>
    public bool Resolve(DocumentVersion version, CommitRequest request, WriteBatchBuilder batch)
    {
        batch.Clear();
        request.Step!.Begin();
        switch (request.Step)
        {
            case PrepareStep step:
                Prepare(version, request, step, batch);
                return false;
            case DecideStep step:
                return Decide(version, request, step, batch);
            case RecallStep step:
                step.Results = Recall(request);
                return false;
            case AskStep step:
                Ask(version, step, batch);
                return false;
            case FinishStep step:
                return Finish(step, batch);
            case ForgetStep step:
                if (Known(step.Transaction).Record is { } known && rules.MayForget(known, step.AllFinished, version)) batch.Delete(0, TransactionRecord.KeyOf(step.Transaction));
                return false;
            default:
                throw new InvariantViolationException($"unknown step {request.Step}");
        }
    }

    private void Prepare(DocumentVersion version, CommitRequest request, PrepareStep step, WriteBatchBuilder batch)
    {
        writes.Resolve(version, request, batch);
        if (IsRefused(request.Results)) return;
        var record = new TransactionRecord.Prepared(step.Coordinator, HeldOnly(request, batch), batch.ToArray());
        batch.Clear();
        Put(batch, step.Transaction, record);
        step.Prepared = version;
    }

    private bool Decide(DocumentVersion version, CommitRequest request, DecideStep step, WriteBatchBuilder batch)
    {
        if (Recall(request) is { } answered)
        {
            step.Results = answered;
            return false;
        }

        switch (rules.Decide(Known(step.Transaction).Record, step.Earliest, version))
        {
            case DecideChoice.TooLate:
                step.IsTooLate = true;
                return false;
            case DecideChoice.IsCommitted:
                step.IsUnknown = true;
                return false;
        }

        var expires = writes.Resolve(version, request, batch);
        if (IsRefused(request.Results))
        {
            batch.Clear();
            return false;
        }

        Put(batch, step.Transaction, new TransactionRecord.Committed(step.Participants));
        (step.Committed, step.Results) = (version, ResultsOf(request, step, version));
        if (request.Key.IsGiven) requests.Remember(request.Key, step.Results, version, 0, batch);
        return expires;
    }

    private void Ask(DocumentVersion version, AskStep step, WriteBatchBuilder batch)
    {
        var (known, at) = Known(step.Transaction);
        switch (rules.Ask(known, step.Prepared, version, step.IsGivenUp))
        {
            case AskChoice.IsCommitted:
                step.Outcome = at;
                break;
            case AskChoice.IsAborted:
                step.Outcome = DocumentVersion.None;
                break;
            case AskChoice.Abort:
                Put(batch, step.Transaction, new TransactionRecord.Aborted(step.Prepared));
                step.Outcome = DocumentVersion.None;
                break;
        }
    }

    private bool Finish(FinishStep step, WriteBatchBuilder batch)
    {
        var (known, at) = Known(step.Transaction);
        var prepared = known as TransactionRecord.Prepared;
        var choice = rules.Finish(prepared is null ? DocumentVersion.None : at, step.Commit);
        if (choice == FinishChoice.Nothing) return false;
        batch.Delete(0, TransactionRecord.KeyOf(step.Transaction));
        if (choice == FinishChoice.Drop) return false;
        var expires = false;
        var operations = BatchOperations.Read(prepared!.Batch.Span, new BatchShapes(), shapes, "prepared transaction");
        while (operations.TryNext(out var operation))
        {
            if (operation.Kind == EntryKind.Put) batch.Put(0, operation.ExpiresAt, operation.Key, operation.Shape, operation.Row, step.Commit);
            else batch.Delete(0, operation.Key, step.Commit);
            expires |= operation.ExpiresAt != DocumentVersion.None;
        }

        return expires;
    }

    private WriteResult[]? Recall(CommitRequest request) => request.Key.IsGiven && requests.Find(request.Key) is var (record, _) ? record.Results : null;

    private (TransactionRecord? Record, DocumentVersion Version) Known(TransactionId transaction)
    {
        var present = read(TransactionRecord.KeyOf(transaction));
        return present.Exists ? (TransactionRecord.Read(present.Shape!, present.Row.Span), present.Version) : default;
    }

    private void Put(WriteBatchBuilder batch, TransactionId transaction, TransactionRecord record)
    {
        var (shape, row) = shapes.TryIntern(TransactionRecord.Shape) is { } interned ? (interned, record.ToRow()) : (Shape.SelfDescribed, RequestLedger.WithNames(record.ToRow()));
        batch.Put(0, DocumentVersion.None, TransactionRecord.KeyOf(transaction), shape, row);
    }

    /// <summary>Keys that a write of the request has asked about, and that the batch leaves as they are.</summary>
    private static List<byte[]> HeldOnly(CommitRequest request, WriteBatchBuilder batch)
    {
        var written = new HashSet<byte[]>(KeyComparer.Instance);
        var operations = new BatchOperations(batch.Operations, batch.Count, batch.Shapes, "prepare");
        while (operations.TryNext(out var operation)) written.Add(operation.Key.ToArray());
        var held = new List<byte[]>();
        foreach (var write in request.Writes)
            if (EntryKey.Of(write.Collection, write.Id) is var key && written.Add(key)) held.Add(key);
        return held;
    }

    private static WriteResult[] ResultsOf(CommitRequest request, DecideStep step, DocumentVersion version)
    {
        var (results, own) = (new WriteResult[step.Others.Length], 0);
        for (var i = 0; i < results.Length; i++)
        {
            var result = step.Others[i] ?? request.Results[own++];
            results[i] = Writes(result.Status) ? result with { Version = version } : result;
        }

        return results;
    }

    private static bool Writes(WriteStatus status) => status is WriteStatus.Upserted or WriteStatus.Inserted or WriteStatus.Replaced or WriteStatus.Deleted;

    private static bool IsRefused(WriteResult[] results) => Array.Exists(results, result => result.Status == WriteStatus.Refused);
}
