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
internal sealed class PartitionGrain(EngineHost host, CatalogView catalog, PartitionWriter writer, TimeProvider time) : Grain, IPartitionGrain, IDisposable
{
    private readonly OpenScans _scans = new(time);
    private DatabaseMap _map = null!;
    private OpenPartition _partition = null!;
    private StorageEngine _engine = null!;
    private PartitionReader _reader = null!;
    private HeldSnapshots? _snapshots;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = PartitionKey.Parse(this.GetPrimaryKeyString());
        _map = await catalog.GetAsync(key.Database, cancellationToken);
        _partition = await host.GetAsync(key, _map);
        _engine = _partition.Engine;
        _reader = new(_engine, _scans);
        _snapshots = new(_engine, time);
        _ = this.RegisterGrainTimer(TidyAsync, new() { DueTime = OpenScans.IdleMax, Period = OpenScans.IdleMax, Interleave = true });
    }

    public void Dispose()
    {
        _scans.Dispose();
        _snapshots?.Dispose();
    }

    public ValueTask<WriteReply> WriteAsync(WriteRequest request, CancellationToken cancellationToken)
        => writer.WriteAsync(_partition, _map, request, cancellationToken);

    public ValueTask<ValueReply> ChangeAsync(PartitionChange request, CancellationToken cancellationToken)
        => AnswerAsync(() => Task.Run(() => writer.ChangeAsync(_partition, _map, request, cancellationToken), cancellationToken));

    public ValueTask<PartitionPage> GetAsync(GetRequest request, CancellationToken cancellationToken)
        => ReadAsync(() => _reader.GetAsync(request, cancellationToken));

    public ValueTask<PartitionPage> ScanAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(() => _reader.ScanAsync(request, cancellationToken));

    public ValueTask<PartitionPage> CountAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(() => _reader.CountAsync(request, cancellationToken));

    public ValueTask<PartitionPage> AggregateAsync(PartitionScan request, CancellationToken cancellationToken)
        => ReadAsync(() => _reader.AggregateAsync(request, cancellationToken));

    public ValueTask<PartitionPage> JoinAsync(PartitionJoin request, CancellationToken cancellationToken)
        => ReadAsync(() => _reader.JoinAsync(request, cancellationToken));

    public async ValueTask<PartitionChangesPage> ReadChangesAsync(PartitionChangesRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var pass = _partition.Reads.Enter();
            return await Task.Run(() => _reader.ReadChangesAsync(request, cancellationToken).AsTask(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new() { Fault = FaultCodec.From(e) };
        }
    }

    public ValueTask<ValueReply> ExplainAsync(PartitionScan request, bool execute, CancellationToken cancellationToken)
        => AnswerAsync(() => Task.Run(() => _reader.Explain(request, execute), cancellationToken));

    public ValueTask<PartitionTime> ReserveAsync(CancellationToken cancellationToken) => new(new PartitionTime { Version = _engine.SnapshotTimestamp().Raw });

    public async ValueTask<PartitionTime> SnapshotAsync(ulong version, SnapshotAct act, CancellationToken cancellationToken)
    {
        try
        {
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
        => AnswerAsync(() => Task.FromResult(Document.Of(("report", Value.From(JsonSerializer.SerializeToUtf8Bytes(_engine.LearningReports.FirstOrDefault(r => r.Collection.Value == collection)))))));

    public ValueTask<ValueReply> ApplyIndexesAsync(uint collection, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var id = await writer.DefinedAsync(_partition, _map, collection, name: null, cancellationToken);
        _map = await catalog.RefreshAsync(_map, cancellationToken);
        var wanted = _map.Database.Indexes.Where(i => i.Collection == collection).ToList();
        foreach (var index in wanted) _engine.DefineIndex(id, IndexFields.Parse(index.Path), index.Cause);
        foreach (var index in _engine.Indexes.Where(i => i.Collection == id && wanted.TrueForAll(w => w.Path != i.Path)))
            _engine.DropIndex(id, IndexFields.Parse(index.Path), "the catalog does not have it any more");
        return Document.Empty;
    });

    public ValueTask<ValueReply> ReconcileAsync(CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await FollowCatalogAsync(cancellationToken);
        return Document.Empty;
    });

    public ValueTask<ValueReply> SketchAsync(uint collection, CancellationToken cancellationToken) => AnswerAsync(() => Task.Run(() =>
    {
        var id = new CollectionId(collection);
        var sketch = _engine.Sketch(id, cancellationToken);
        return Document.Of(("documents", _engine.Count(id, null, cancellationToken: cancellationToken)), ("diskBytes", _engine.DiskBytes(id)), ("sketch", Value.From(sketch.ToDocument())));
    }, cancellationToken));

    public ValueTask<ValueReply> FieldNamesAsync(CancellationToken cancellationToken) => AnswerAsync(() =>
        Task.FromResult(_engine.KnownFields is { } names ? Document.Of(("names", Value.From([.. names.Select(Value.From)]))) : Document.Empty));

    public ValueTask<ValueReply> StatusAsync(CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        var status = _engine.Status;
        return Task.FromResult(Document.Of(
            ("node", host.NodeId), ("documents", status.Documents), ("tables", status.Tables), ("w", (long)_engine.ScalingParameter), ("tableBytes", status.TableBytes),
            ("memtableBytes", status.MemtableBytes), ("logBytes", status.LogBytes), ("newestVersion", status.NewestVersion.Raw),
            ("poisoned", status.Poisoned), ("lastBackgroundError", status.LastBackgroundError is { } error ? error : Value.Null), ("openScans", _scans.Count)));
    });

    public ValueTask<ValueReply> ActAsync(PartitionAct act, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await Task.Run(() => act switch
        {
            PartitionAct.Flush => _engine.FlushAsync(cancellationToken),
            PartitionAct.Compact => _engine.CompactAsync(everything: true, cancellationToken),
            _ => _engine.SettleAsync(cancellationToken),
        }, cancellationToken);
        return Document.Empty;
    });

    public ValueTask PingAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a read off the grain's turn: it may wait for the disk, and other reads need not wait for it.</summary>
    private async ValueTask<PartitionPage> ReadAsync(Func<ValueTask<PartitionPage>> read)
    {
        try
        {
            using var pass = _partition.Reads.Enter();
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

    private async Task FollowCatalogAsync(CancellationToken cancellationToken)
    {
        _map = await catalog.RefreshAsync(_map, cancellationToken);
        var database = _map.Database;
        await Task.Run(() => _partition.Reconcile(database), cancellationToken);
    }

    /// <summary>Now and then: closes what nobody reads any more, and learns of changes that somebody told only a part of the partitions before he died.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        _scans.CloseIdle();
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
