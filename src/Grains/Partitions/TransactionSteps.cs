// A step of an atomic batch over several partitions, on its way into the engine of one: through the gate, to collections that it knows.

using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Transactions;
using IngoDB.Grains.Catalog;
using IngoDB.Model;

namespace IngoDB.Grains.Partitions;

/// <summary>Takes steps; every failure as data. Thread-safe.</summary>
internal sealed class TransactionSteps(PartitionWriter writer)
{
    public async ValueTask<PartitionTransactionReply> TakeAsync(OpenPartition partition, DatabaseMap map, PartitionTransaction step, CancellationToken cancellationToken)
    {
        try
        {
            var id = new TransactionId(step.Transaction);
            switch (step.Act)
            {
                case TransactionAct.Prepare:
                {
                    using var pass = partition.Writes.Enter();
                    var writes = await writer.DecodedAsync(partition, map, step.Pages, cancellationToken).ConfigureAwait(false);
                    var (results, prepared) = await partition.Engine.PrepareAsync(id, step.Coordinator, writes, cancellationToken).ConfigureAwait(false);
                    return new() { Outcomes = WriteDecoder.Outcomes(results), Version = prepared.Raw };
                }

                case TransactionAct.Decide:
                {
                    using var pass = partition.Writes.Enter();
                    var writes = await writer.DecodedAsync(partition, map, step.Pages, cancellationToken).ConfigureAwait(false);
                    var (results, committed, isRefused) = await partition.Engine.DecideAsync(KeyOf(step), id, step.Participants, new(step.Version), new(step.Latest), Others(step), writes, cancellationToken).ConfigureAwait(false);
                    return new() { Outcomes = WriteDecoder.Outcomes(results), Version = committed.Raw, IsOpen = isRefused };
                }

                case TransactionAct.Recall:
                    var recalled = await partition.Engine.RecallAsync(KeyOf(step), cancellationToken).ConfigureAwait(false);
                    return new() { Outcomes = recalled is null ? [] : WriteDecoder.Outcomes(recalled) };
                case TransactionAct.Ask or TransactionAct.GiveUp:
                    var outcome = await partition.Engine.AskAsync(id, new(step.Version), isGivenUp: step.Act == TransactionAct.GiveUp, cancellationToken).ConfigureAwait(false);
                    return new() { Version = outcome?.Raw ?? 0, IsOpen = outcome is null, Clock = partition.Engine.ReserveTimestamp().Raw };
                case TransactionAct.Finish:
                    await partition.Engine.FinishAsync(id, new(step.Version), new(step.Latest), cancellationToken).ConfigureAwait(false);
                    return new();
                case TransactionAct.Forget:
                    await partition.Engine.ForgetAsync(id, allFinished: true).ConfigureAwait(false);
                    return new();
                default:
                    throw new InvalidRequestException("transaction.unknown_act", $"This node does not know the step {step.Act}; it is older than the one that asks.");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private static RequestKey KeyOf(PartitionTransaction step) => new(step.Session, step.Sequence, step.Fingerprint);

    private static WriteResult?[] Others(PartitionTransaction step)
    {
        var others = new WriteResult?[step.Outcomes.Length];
        for (var i = 0; i < others.Length; i++)
        {
            ref readonly var outcome = ref step.Outcomes[i];
            others[i] = new((WriteStatus)outcome.Status, default, new(outcome.Version), outcome.ErrorCode, outcome.ErrorMessage);
        }

        foreach (var own in step.Own) others[own] = null;
        return others;
    }
}
