// The driver of an atomic batch over several partitions: prepares it everywhere, has it decided, and tells. It keeps nothing that anybody needs:
// if it dies, or loses an answer, those who prepared ask the coordinator partition (TransactionKeeper). The rules are in
// Engine/Transactions/TransactionRules.cs.
//
//   partitions 3, 7, 12 ──► prepare 12, prepare 7, decide at 3 ──► answered ──► finish 12 and 7 ──► forget at 3
//                               │ refused, or no answer: 12 and 7 are told to drop it. Nobody else could decide it, and this never will.
//                               └ no answer to decide: it may have happened. Nobody is told anything.
//
// In falling order of the partitions, one after the other: so nobody waits in a circle, however many batches meet.
//
// The answer of the decision is remembered with it, under the name that the request has. A request that comes again is prepared again, and
// answered by that; or, when it is refused because it was done before, its coordinator partition is asked what it answered then.

using System.Security.Cryptography;
using IngoDB.Abstractions;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using Microsoft.Extensions.Logging;

namespace IngoDB.Grains.Coordination;

/// <summary>Drives atomic batches over several partitions. Thread-safe.</summary>
internal sealed partial class TransactionCoordinator(PartitionRouter router, ILogger<TransactionCoordinator> logger)
{
    private const string Aborted = "batch.aborted";

    /// <param name="map">Of the database.</param>
    /// <param name="request">For its name.</param>
    /// <param name="split">Of its writes, in at least two partitions; with the ids of their collections.</param>
    /// <param name="cancellationToken">After the decision was asked for it changes nothing any more.</param>
    public async ValueTask<WriteReply> RunAsync(DatabaseMap map, WriteRequest request, TransactionSplit split, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(map, new Guid(RandomNumberGenerator.GetBytes(16)), split);
        foreach (var part in attempt.Others.Reverse())
        {
            var reply = await PrepareAsync(attempt, part, cancellationToken).ConfigureAwait(false);
            if (reply is { Fault: null, Version: > 0 })
            {
                attempt.Prepared(part, reply);
                continue;
            }

            Tell(attempt, commit: 0);
            return await RecallAsync(attempt, request, cancellationToken).ConfigureAwait(false) ?? (reply.Fault is { } fault ? Failed(fault) : Refused(split, part, reply.Outcomes));
        }

        return await DecideAsync(attempt, request, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<PartitionTransactionReply> PrepareAsync(Attempt attempt, TransactionPart part, CancellationToken cancellationToken)
    {
        var step = new PartitionTransaction { Act = TransactionAct.Prepare, Transaction = attempt.Id, Coordinator = attempt.Coordinator.Partition, Pages = part.Pages };
        try
        {
            return await router.TellAsync(attempt.Map, part.Partition, grain => grain.TransactAsync(step, cancellationToken), isRepeatable: false, cancellationToken).ConfigureAwait(false);
        }
        catch (UnknownOutcomeException e)
        {
            // It may have prepared; it will ask, and be told that nothing came of it, since this never decides.
            return new() { Fault = FaultCodec.From(new UnavailableException("partition.unavailable", $"Nothing was written, since a partition of the batch did not answer. {e.Message}", e)) };
        }
        catch (IngoDBException e)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private async ValueTask<WriteReply> DecideAsync(Attempt attempt, WriteRequest request, CancellationToken cancellationToken)
    {
        var step = new PartitionTransaction
        {
            Act = TransactionAct.Decide,
            Transaction = attempt.Id,
            Pages = attempt.Coordinator.Pages,
            Participants = [.. attempt.Others.Select(part => part.Partition)],
            Version = attempt.Earliest,
            Latest = attempt.Latest,
            Outcomes = attempt.Outcomes,
            Own = attempt.Coordinator.Positions,
            Session = request.Session,
            Sequence = request.Sequence,
            Fingerprint = request.Fingerprint,
        };
        PartitionTransactionReply reply;
        try
        {
            reply = await router.TellAsync(attempt.Map, attempt.Coordinator.Partition, grain => grain.TransactAsync(step, cancellationToken), isRepeatable: request.Session != Guid.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (IngoDBException e)
        {
            reply = new() { Fault = FaultCodec.From(e) };
        }

        if (reply is { Fault: null, Version: > 0 })
        {
            Tell(attempt, reply.Version);
            return new() { Outcomes = reply.Outcomes };
        }

        // Not by this attempt: refused, or answered before, or nobody knows. Only the coordinator partition may say that it never will be.
        GiveUp(attempt);
        if (reply.Fault is { } fault) return Failed(fault);
        return reply.IsOpen ? Refused(attempt.Split, attempt.Coordinator, reply.Outcomes) : new() { Outcomes = reply.Outcomes };
    }

    /// <summary>The answer to a request that was decided before; null: it was not, or nobody knows.</summary>
    private async ValueTask<WriteReply?> RecallAsync(Attempt attempt, WriteRequest request, CancellationToken cancellationToken)
    {
        if (request.Session == Guid.Empty) return null;
        var step = new PartitionTransaction { Act = TransactionAct.Recall, Transaction = attempt.Id, Session = request.Session, Sequence = request.Sequence, Fingerprint = request.Fingerprint };
        try
        {
            var reply = await router.AskAsync(attempt.Map, attempt.Coordinator.Partition, grain => grain.TransactAsync(step, cancellationToken), cancellationToken).ConfigureAwait(false);
            return reply.Fault is { } fault ? Failed(fault) : reply.Outcomes.Length > 0 ? new() { Outcomes = reply.Outcomes } : null;
        }
        catch (IngoDBException e)
        {
            // It may have been done before, under the same name, and the partition that knows can not be asked.
            return Failed(FaultCodec.From(new UnknownOutcomeException($"Whether the batch was written before is not known: {e.Message}", e)));
        }
    }

    private void GiveUp(Attempt attempt) => _ = Task.Run(async () =>
    {
        var reply = await StepAsync(attempt.Map, attempt.Coordinator.Partition, new() { Act = TransactionAct.GiveUp, Transaction = attempt.Id, Version = attempt.Earliest }).ConfigureAwait(false);
        if (reply is { IsOpen: false }) await FinishAsync(attempt, reply.Version, reply.Clock).ConfigureAwait(false);
    });

    /// <summary>Nobody waits for it: what is not told is asked for, and what fails in a step has its place there.</summary>
    private void Tell(Attempt attempt, ulong commit) => _ = Task.Run(() => FinishAsync(attempt, commit));

    private async Task FinishAsync(Attempt attempt, ulong commit, ulong clock = 0)
    {
        var step = new PartitionTransaction { Act = TransactionAct.Finish, Transaction = attempt.Id, Version = commit, Latest = clock };
        var replies = await Task.WhenAll(attempt.IsPrepared.Select(partition => StepAsync(attempt.Map, partition, step))).ConfigureAwait(false);
        if (commit > 0 && Array.TrueForAll(replies, reply => reply is not null))
            await StepAsync(attempt.Map, attempt.Coordinator.Partition, new() { Act = TransactionAct.Forget, Transaction = attempt.Id }).ConfigureAwait(false);
    }

    /// <summary>A step that may be taken twice; null: it was not taken, or nobody knows.</summary>
    private async Task<PartitionTransactionReply?> StepAsync(DatabaseMap map, int partition, PartitionTransaction step)
    {
        try
        {
            var reply = await router.AskAsync(map, partition, grain => grain.TransactAsync(step, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
            return reply.Fault is null ? reply : null;
        }
        catch (Exception e)
        {
            // Whatever it was, the keeper of that partition, or of the coordinator partition, takes the step later. A fault of ours is told here, since nobody awaits this.
            if (e is InvariantViolationException) LogFault(logger, step.Act, partition, e);
            return null;
        }
    }

    private static WriteReply Failed(Fault fault) => new() { Outcomes = [], Fault = fault };

    /// <summary>One write was refused, so none was made.</summary>
    private static WriteReply Refused(TransactionSplit split, TransactionPart part, WriteOutcome[] outcomes)
    {
        var at = Array.FindIndex(outcomes, outcome => outcome.ErrorCode is not null and not Aborted);
        var message = $"The write of '{TransactionSplit.IdAt(part, at)}' in the atomic batch was refused ({outcomes[at].ErrorCode}), so none was made.";
        var all = new WriteOutcome[split.Count];
        Array.Fill(all, new() { Status = (byte)WriteStatus.Refused, ErrorCode = Aborted, ErrorMessage = message });
        all[part.Positions[at]] = outcomes[at];
        return new() { Outcomes = all };
    }

    [LoggerMessage(EventId = 3012, Level = LogLevel.Error, Message = "The step {Act} of an atomic batch at partition {Partition} met a fault of IngoDB; its keeper takes the step again")]
    private static partial void LogFault(ILogger logger, TransactionAct act, int partition, Exception error);

    /// <summary>One try to make a batch; a second one is another transaction.</summary>
    private sealed class Attempt(DatabaseMap map, Guid id, TransactionSplit split)
    {
        public DatabaseMap Map { get; } = map;

        public Guid Id { get; } = id;

        public TransactionSplit Split { get; } = split;

        public TransactionPart Coordinator => Split.Parts[0];

        public IEnumerable<TransactionPart> Others => Split.Parts.Skip(1);

        public WriteOutcome[] Outcomes { get; } = new WriteOutcome[split.Count];

        public List<int> IsPrepared { get; } = [];

        public ulong Earliest { get; private set; } = ulong.MaxValue;

        public ulong Latest { get; private set; }

        public void Prepared(TransactionPart part, PartitionTransactionReply reply)
        {
            IsPrepared.Add(part.Partition);
            (Earliest, Latest) = (Math.Min(Earliest, reply.Version), Math.Max(Latest, reply.Version));
            for (var i = 0; i < part.Positions.Length; i++) Outcomes[part.Positions[i]] = reply.Outcomes[i];
        }
    }
}
