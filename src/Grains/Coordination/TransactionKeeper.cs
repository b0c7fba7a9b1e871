// Looks after batches over several partitions whose driver is gone, or could not reach somebody: twice a second, in every partition that is
// served here, whatever is older than a driver needs.
//
//   prepared here, no word        ask the coordinator partition ──► committed: make it so · given up: drop it · open: later
//   committed here, not told      tell the participants ──► all have done it: forget
//   given up here                 forgotten when a decision would come too late anyway
//
// After a restart or a failover the entries are there again, and so is all of this.

using IngoDB.Engine;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Coordination;

/// <summary>Finishes what others began. One for each silo.</summary>
internal sealed partial class TransactionKeeper : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Younger ones are their driver's.</summary>
    private static readonly TimeSpan DriverTime = TimeSpan.FromSeconds(1);

    private readonly EngineHost _host;
    private readonly CatalogView _catalog;
    private readonly PartitionRouter _router;
    private readonly TimeProvider _time;
    private readonly ILogger<TransactionKeeper> _logger;
    private readonly RepeatedLook _looks;

    public TransactionKeeper(EngineHost host, CatalogView catalog, PartitionRouter router, TimeProvider time, ILogger<TransactionKeeper> logger)
    {
        (_host, _catalog, _router, _time, _logger) = (host, catalog, router, time, logger);
        _looks = new(nameof(TransactionKeeper), Pause, time, LookAsync, e => LogNotLooked(_logger, e));
    }

    public void Participate(ISiloLifecycle lifecycle) => _looks.TakePart(lifecycle, ServiceLifecycleStage.Active);

    public void Dispose() => _looks.Dispose();

    private async ValueTask<bool> LookAsync(CancellationToken stopping)
    {
        await Task.WhenAll(_host.Serving().Select(served => KeepAsync(served.Database, served.Partition, stopping))).ConfigureAwait(false);
        return true;
    }

    private async Task KeepAsync(string database, OpenPartition partition, CancellationToken stopping)
    {
        var engine = partition.Engine;
        if (engine.OpenTransactions is not { Count: > 0 } open) return;
        var young = DocumentVersion.At(_time.GetUtcNow() - DriverTime);
        foreach (var transaction in open.Where(transaction => transaction.Version < young))
        {
            try
            {
                var map = _catalog.Known(database) ?? await _catalog.GetAsync(database, stopping).ConfigureAwait(false);
                // Without enough copies a step is neither taken nor refused; a silo that stops does not wait for that.
                await KeepAsync(engine, map, transaction, stopping).WaitAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                // Somebody can not be asked or told now, or this partition has moved: the next round tries again, here or there.
                LogLater(_logger, transaction.Transaction.ToString(), database, e);
            }
        }
    }

    private async Task KeepAsync(StorageEngine engine, DatabaseMap map, OpenTransaction transaction, CancellationToken stopping)
    {
        if (transaction.Coordinator is { } coordinator)
        {
            var answer = await StepAsync(map, coordinator, new() { Act = TransactionAct.Ask, Transaction = transaction.Transaction.Value, Version = transaction.Version.Raw }, stopping).ConfigureAwait(false);
            if (!answer.IsOpen) await engine.FinishAsync(transaction.Transaction, new(answer.Version), new(answer.Clock), stopping).ConfigureAwait(false);
        }
        else if (transaction.ToTell is { } participants)
        {
            var step = new PartitionTransaction { Act = TransactionAct.Finish, Transaction = transaction.Transaction.Value, Version = transaction.Version.Raw };
            await Task.WhenAll(participants.Select(participant => StepAsync(map, participant, step, stopping))).ConfigureAwait(false);
            await engine.ForgetAsync(transaction.Transaction, allFinished: true).ConfigureAwait(false);
        }
        else
        {
            await engine.ForgetAsync(transaction.Transaction, allFinished: false).ConfigureAwait(false);
        }
    }

    private async Task<PartitionTransactionReply> StepAsync(DatabaseMap map, int partition, PartitionTransaction step, CancellationToken stopping)
    {
        var reply = await _router.AskAsync(map, partition, grain => grain.TransactAsync(step, stopping), stopping).ConfigureAwait(false);
        Abstractions.FaultCodec.ThrowIfFault(reply.Fault);
        return reply;
    }

    [LoggerMessage(EventId = 3011, Level = LogLevel.Warning, Message = "Atomic batches that others began could not be looked after; it is tried again")]
    private static partial void LogNotLooked(ILogger logger, Exception error);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Debug, Message = "The atomic batch {Transaction} of database {Database} can not be finished now")]
    private static partial void LogLater(ILogger logger, string transaction, string database, Exception error);
}
