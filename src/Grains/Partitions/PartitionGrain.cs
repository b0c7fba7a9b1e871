// A mailbox in front of an engine. The engine is thread-safe and has its own MVCC, so the grain is reentrant and holds
// no lock; it decodes, admits, and leaves the turn for whatever may touch the disk. Where it lives is decided by the
// catalog (PartitionPlacement); it stays there (KeepAlive, Immovable), and a new owner is a new grain with a new epoch.
//
// Every failure is answered as data. What this does not do: check the caller. Only silos can reach it (see
// IPartitionGrain), and they have validated what clients sent.

using System.Text.Json;
using IngoDB.Abstractions;
using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Placement;
using IngoDB.Model;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Orleans.Runtime;

namespace IngoDB.Grains.Partitions;

/// <summary>See <see cref="IPartitionGrain"/>.</summary>
[PartitionPlacement, GrainDirectory(PartitionDirectory.Name), KeepAlive, Immovable, Reentrant]
internal sealed class PartitionGrain(EngineHost host, CatalogView catalog, PartitionWriter writer, TransactionSteps transactions, TimeProvider time) : Grain, IPartitionGrain, IDisposable
{
    private readonly OpenScans _scans = new(time);
    private PartitionKey _key;
    private DatabaseMap _map = null!;
    private OpenPartition? _partition;
    private PartitionReader? _reader;
    private HeldSnapshots? _snapshots;

    /// <exception cref="UnavailableException"><c>partition.moved</c>: it is not served here under this grain's epoch, not any more or not yet.</exception>
    private OpenPartition Partition
    {
        get
        {
            if (_partition is { } partition && (partition.Replica is null || IsServed(partition))) return partition;
            if (host.FindServing(_key) is not { } serving) throw new UnavailableException("partition.moved", $"Partition {_key} is not served here in this epoch.");
            Adopt(serving);
            return serving;
        }
    }

    private StorageEngine Engine => Partition.Engine;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = PartitionKey.Parse(this.GetPrimaryKeyString());
        _map = await catalog.GetAsync(_key.Database, cancellationToken);
        try
        {
            Adopt(await host.GetAsync(_key, _map));
            if (_partition!.Replica is not null) await LearnFromCatalogAsync(_partition, cancellationToken);
        }
        catch (UnavailableException) when (_map.Partitions[_key.Partition].Copies is not null)
        {
            // Another copy leads, or none yet: that is said, as data, to whoever asks (Partition).
        }

        _ = this.RegisterGrainTimer(TidyAsync, new() { DueTime = OpenScans.IdleMax, Period = OpenScans.IdleMax, Interleave = true });
    }

    public void Dispose()
    {
        _scans.Dispose();
        _snapshots?.Dispose();
    }

    public ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return writer.WriteAsync(Partition, _map, request, cancellationToken);
        }
        catch (UnavailableException e)
        {
            return new(new WriteReply { Outcomes = [], Fault = FaultCodec.From(e) });
        }
    }

    public ValueTask<PartitionTransactionReply> TransactAsync(PartitionTransaction step, CancellationToken cancellationToken)
    {
        try
        {
            return transactions.TakeAsync(Partition, _map, step, cancellationToken);
        }
        catch (UnavailableException e)
        {
            return new(new PartitionTransactionReply { Fault = FaultCodec.From(e) });
        }
    }

    public ValueTask<ValueReply> ChangeAsync(PartitionChange request, CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        var partition = Partition;
        return Task.Run(() => writer.ChangeAsync(partition, _map, request, cancellationToken), cancellationToken);
    });

    public ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken)
        => ReadAsync(request.Snapshot, () => _reader!.GetAsync(request, cancellationToken));

    public ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(request.Snapshot, () => _reader!.ScanAsync(request, cancellationToken));

    public ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(request.Snapshot, () => _reader!.CountAsync(request, cancellationToken));

    public ValueTask<PartitionPage> AggregateAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(request.Snapshot, () => _reader!.AggregateAsync(request, cancellationToken));

    public ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken)
        => ReadAsync(request.Snapshot, () => _reader!.JoinAsync(request, cancellationToken));

    public async ValueTask<PartitionChangesPage> ReadChangesAsync(PartitionChangesRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var partition = Partition;
            using var pass = partition.Reads.Enter();
            if (request.Snapshot == 0 && partition.Replica is { } replica) await replica.ConfirmAsync(afterAll: false, cancellationToken);
            return await Task.Run(() => _reader!.ReadChangesAsync(request, cancellationToken).AsTask(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public ValueTask<ValueReply> ExplainAsync(PartitionScan request, bool execute, CancellationToken cancellationToken)
        => AnswerAsync(() =>
        {
            _ = Partition;
            return Task.Run(() => _reader!.Explain(request, execute), cancellationToken);
        });

    public async ValueTask<PartitionTime> ReserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var partition = Partition;
            return new() { Version = (partition.Replica is { } replica ? await replica.ReserveAsync(cancellationToken) : partition.Engine.SnapshotTimestamp()).Raw };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public async ValueTask<PartitionTime> SnapshotAsync(ulong version, SnapshotAct act, CancellationToken cancellationToken)
    {
        try
        {
            _ = Partition;
            if (act == SnapshotAct.Hold) await _snapshots!.HoldAsync(new(version), cancellationToken);
            else if (act == SnapshotAct.Renew) await _snapshots!.RenewAsync(new(version), cancellationToken);
            else _snapshots!.Release(new(version));
            return new() { Version = version };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public ValueTask<ValueReply> LearningAsync(uint collection, CancellationToken cancellationToken)
        => AnswerAsync(() => Task.FromResult(Document.Of(("report", Value.From(JsonSerializer.SerializeToUtf8Bytes(Engine.LearningReports.FirstOrDefault(r => r.Collection.Value == collection)))))));

    public ValueTask<ValueReply> ApplyIndexesAsync(uint collection, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var id = await writer.DefinedAsync(Partition, _map, collection, name: null, cancellationToken);
        _map = await catalog.RefreshAsync(_map, cancellationToken);
        Partition.ApplyIndexes(_map.Database, id);
        return Document.Empty;
    });

    public ValueTask<ValueReply> ReconcileAsync(CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await FollowCatalogAsync(cancellationToken);
        return Document.Empty;
    });

    public ValueTask<ValueReply> SketchAsync(uint collection, CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        var engine = Engine;
        return Task.Run(() =>
        {
            var id = new CollectionId(collection);
            var sketch = engine.Sketch(id, cancellationToken);
            return Document.Of(("documents", engine.Count(id, null, cancellationToken: cancellationToken)), ("diskBytes", engine.DiskBytes(id)), ("sketch", Value.From(sketch.ToDocument())));
        }, cancellationToken);
    });

    public ValueTask<ValueReply> FieldNamesAsync(CancellationToken cancellationToken) => AnswerAsync(() =>
        Task.FromResult(Engine.KnownFields is { } names ? Document.Of(("names", Value.From([.. names.Select(Value.From)]))) : Document.Empty));

    public ValueTask<ValueReply> StatusAsync(CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        var status = Engine.Status;
        return Task.FromResult(Document.Of(
            ("node", host.NodeId), ("documents", status.Documents), ("tables", status.Tables), ("w", (long)Engine.ScalingParameter), ("tableBytes", status.TableBytes),
            ("memtableBytes", status.MemtableBytes), ("logBytes", status.LogBytes), ("newestVersion", status.NewestVersion.Raw),
            ("poisoned", status.Poisoned), ("lastBackgroundError", status.LastBackgroundError is { } error ? error : Value.Null), ("openScans", _scans.Count)));
    });

    public ValueTask<ValueReply> ActAsync(PartitionAct act, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var engine = Engine;
        await Task.Run(() => act switch
        {
            PartitionAct.Flush => engine.FlushAsync(cancellationToken),
            PartitionAct.Compact => engine.CompactAsync(everything: true, cancellationToken),
            _ => engine.SettleAsync(cancellationToken),
        }, cancellationToken);
        return Document.Empty;
    });

    public ValueTask PingAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a read off the grain's turn: it may wait for the disk, and other reads need not wait for it.</summary>
    /// <param name="snapshot">0: the present, which a partition with copies has to be sure of.</param>
    private async ValueTask<PartitionPage> ReadAsync(ulong snapshot, Func<ValueTask<PartitionPage>> read)
    {
        try
        {
            var partition = Partition;
            using var pass = partition.Reads.Enter();
            if (snapshot == 0 && partition.Replica is { } replica) await replica.ConfirmAsync(afterAll: false, CancellationToken.None);
            return await Task.Run(() => read().AsTask());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private static async ValueTask<ValueReply> AnswerAsync(Func<Task<Document>> answer)
    {
        try
        {
            return new() { Value = SingleDocument.Write(await answer()) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    private bool IsServed(OpenPartition partition) => partition.Replica!.Serving?.Value == (long)_key.Epoch;

    /// <summary>The partition of a copy that was opened anew is another one.</summary>
    private void Adopt(OpenPartition partition)
    {
        _snapshots?.Dispose();
        (_partition, _reader, _snapshots) = (partition, new(partition.Engine, _scans), new(partition.Engine, time));
    }

    /// <summary>A copy that begins to lead has heard of documents only: names, options and indexes are in the catalog.</summary>
    private async Task LearnFromCatalogAsync(OpenPartition partition, CancellationToken cancellationToken)
    {
        try
        {
            await FollowCatalogAsync(cancellationToken);
            partition.Learn(_map.Database);
        }
        catch (Exception e) when (e is IngoDBException or IOException)
        {
            // What is missing is found out by whoever needs it (PartitionWriter.DefinedAsync), and by TidyAsync.
        }
    }

    private async Task FollowCatalogAsync(CancellationToken cancellationToken)
    {
        _map = await catalog.RefreshAsync(_map, cancellationToken);
        var database = _map.Database;
        await Task.Run(() => _partition!.Reconcile(database), cancellationToken);
    }

    /// <summary>Now and then: closes what nobody reads any more, and learns of changes that somebody told only a part of the partitions before he died.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        _scans.CloseIdle();
        if (_partition is not { } partition || (partition.Replica is not null && !IsServed(partition)))
        {
            // Another epoch's grain has it.
            DeactivateOnIdle();
            return;
        }

        try
        {
            await FollowCatalogAsync(cancellationToken);
        }
        catch (Exception e) when (e is IngoDBException or IOException)
        {
            // The catalog or the disk can not be asked now; the next tick does.
        }
    }
}
