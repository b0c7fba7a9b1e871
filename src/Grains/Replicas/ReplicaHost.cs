// The copies that this node has, of all partitions that have copies. They are opened with the silo, or when somebody first speaks to them,
// and again after a failure; they take over and follow by themselves, whether or not anybody asks for the partition.
//
//   ReplicaService ──packet──► Deliver ──► Replica          PartitionGrain ──► ServingAsync ──► OpenPartition
//   a timer ──────────tick───────────────► every Replica

using System.Collections.Concurrent;
using System.Globalization;
using IngoDB.Engine;
using IngoDB.Engine.Files;
using IngoDB.Grains.Catalog;
using IngoDB.Grains.Hosting;
using IngoDB.Grains.Nodes;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Events;
using IngoDB.Replication.Messages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace IngoDB.Grains.Replicas;

/// <summary>Opens, ticks and closes the copies of this node. Thread-safe.</summary>
internal sealed partial class ReplicaHost(NodeIdentity node, NodeDirectory nodes, ICatalogStore store, ReplicaOpening opening, IngoDBOptions options, IFileSystem files, TimeProvider time, ReplicaMetrics metrics, IServiceProvider services, ILogger<ReplicaHost> logger) : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    private static readonly TimeSpan CatalogPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PiecePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ServingPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HandOffPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandOffPause = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan ServingPause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(string Database, int Partition), Slot> _slots = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _starting = new();
    /// <summary>A new primary's clock begins above its predecessor's ceiling, seconds ahead; what other partitions say of theirs is believed as far as the engine believes it.</summary>
    private readonly ReplicaOptions _options = new() { SkewMax = StorageEngine.AheadMax, ClosedLag = TimeSpan.Zero, Leases = options.LeaseReads };
    private readonly TimeProvider _steady = ReferenceEquals(time, TimeProvider.System) && SinceBootTime.IsThere ? new SinceBootTime() : time;
    private ReplicaTransport? _transport;
    private ITimer? _ticks;

    /// <summary>Before anything else of the silo stops, while messages still go: the copies that lead give their partitions away.</summary>
    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(ReplicaHost), ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, HandOffAllAsync);

    /// <summary>The copies that are open.</summary>
    public IEnumerable<(string Database, int Partition, Replica Replica)> Open => _slots.Where(slot => slot.Value.Replica is not null).Select(slot => (slot.Key.Database, slot.Key.Partition, slot.Value.Replica!));

    /// <summary>The copies of this node that a database has, or that it was asked for; what it has and should not have any more goes.</summary>
    public async Task OpenAllAsync(DatabaseMap map, CancellationToken cancellationToken)
        => await Parallel.ForEachAsync(map.Partitions.Where(partition => partition.Copies is not null && (NodeCounts.IsOn(partition, node.Id) || files.DirectoryExists(FolderOf(partition.Database, partition.Partition)))), cancellationToken, async (partition, token) => await OpenAsync(partition.Database, partition.Partition).WaitAsync(token).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>The partition, as soon as the copy here serves it in that epoch.</summary>
    /// <exception cref="UnavailableException"><c>partition.moved</c>: it does not, and did not soon enough.</exception>
    public async ValueTask<OpenPartition> ServingAsync(PartitionKey key, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var replica = await OpenAsync(key.Database, key.Partition).WaitAsync(cancellationToken).ConfigureAwait(false);
            var serving = replica?.Serving;
            if (serving is { } epoch && (ulong)epoch.Value >= key.Epoch)
                return (ulong)epoch.Value == key.Epoch ? replica!.Partition : throw Moved(key);
            replica?.ThrowIfStuck();
            if (replica is null || time.GetElapsedTime(began) > ServingPatience) throw Moved(key);
            await Task.Delay(ServingPause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The partition, when the copy here serves it in that epoch now.</summary>
    /// <exception cref="UnavailableException"><c>partition.not_enough_copies</c>.</exception>
    public OpenPartition? FindServing(PartitionKey key)
    {
        if (!_slots.TryGetValue((key.Database, key.Partition), out var slot) || slot.Replica is not { } replica) return null;
        replica.ThrowIfStuck();
        return replica.Serving?.Value == (long)key.Epoch ? replica.Partition : null;
    }

    /// <summary>The copy of this node when it is open, whether or not it leads.</summary>
    public Replica? Find(string database, int partition) => _slots.TryGetValue((database, partition), out var slot) ? slot.Replica : null;

    private async Task HandOffAllAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var leading = Open.Select(open => open.Replica).Where(replica => replica.Serving is not null).ToList();
        var attempts = 0;
        while (leading.Exists(replica => replica.MayHandOff) && time.GetElapsedTime(began) < HandOffPatience && !cancellationToken.IsCancellationRequested)
        {
            if (time.GetElapsedTime(began) >= attempts * HandOffPause)
            {
                foreach (var replica in leading) replica.HandOff(attempts);
                attempts++;
            }

            await Task.Delay(ServingPause, time, CancellationToken.None).ConfigureAwait(false);
        }

        if (leading.Count > 0) LogHandedOff(logger, leading.Count(replica => replica.Serving is null), leading.Count, time.GetElapsedTime(began).TotalMilliseconds);
        await LeaveAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nobody shall wait for a copy that is about to end. What the floor keeps in the set stays in it.</summary>
    private async Task LeaveAllAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (Open.Select(open => open.Replica).Where(replica => replica.Serving is null && replica.Status().IsMember).ToList() is { Count: > 0 } staying && time.GetElapsedTime(began) < LeavePatience && !cancellationToken.IsCancellationRequested)
        {
            foreach (var replica in staying) replica.Post(LeaveRequested.Now);
            await Task.Delay(ServingPause, time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>A message for a copy of this node.</summary>
    public void Deliver(ReplicaPacket packet)
    {
        if (_closing.IsCancellationRequested) return;
        if (_slots.TryGetValue((packet.Database, packet.Partition), out var slot) && slot.Replica is { } replica)
        {
            try
            {
                replica.Deliver(ReplicaMessageCodec.Read(packet.Message));
            }
            catch (CorruptionException e)
            {
                // Not ours, or of another version: as good as lost.
                LogBadMessage(logger, packet.Database, packet.Partition, e);
            }
        }
        // A copy that can not be opened says so itself; else only the silo's end ends this.
        else if (Catalog.CollectionName.IsValidDatabase(packet.Database) && packet.Partition >= 0) _ = OpenAsync(packet.Database, packet.Partition);
    }

    /// <summary>Tells a node to look at a partition's record.</summary>
    public async ValueTask NudgeAsync(string target, string database, int partition, CancellationToken cancellationToken)
    {
        if (target == node.Id) Nudged(database, partition);
        else if (await nodes.FindAsync(target, cancellationToken).ConfigureAwait(false) is { } silo) Transport.Nudge(silo, database, partition);
    }

    /// <summary>The record of a partition may name this node.</summary>
    public void Nudged(string database, int partition)
    {
        if (_closing.IsCancellationRequested || !Catalog.CollectionName.IsValidDatabase(database) || partition < 0) return;
        if (_slots.TryGetValue((database, partition), out var slot) && slot.Replica is { } replica) replica.Post(CatalogChanged.Now);
        else _ = OpenAsync(database, partition);
    }

    /// <summary>Tells the other copies of a partition what the one here, which leads, knows of queries.</summary>
    public async ValueTask ShareAsync(Replica replica, StatisticsPacket packet, CancellationToken cancellationToken)
    {
        foreach (var place in replica.Catalog.Newest?.Copies?.Places ?? [])
            if (place.Node != node.Id && await nodes.FindAsync(place.Node, cancellationToken).ConfigureAwait(false) is { } silo) Transport.Share(silo, packet);
    }

    /// <summary>What is known of queries where a partition is led. Whoever leads now, or knows of a later primary, counts for itself.</summary>
    public void Shared(StatisticsPacket packet)
    {
        if (!_slots.TryGetValue((packet.Database, packet.Partition), out var slot) || slot.Replica is not { } replica) return;
        if (replica.Serving is not null || replica.Status().Epoch.Value > packet.Epoch) return;
        try
        {
            replica.Engine.ImportStatistics(packet.Statistics);
        }
        catch (UnavailableException)
        {
            // The copy is being closed.
        }
    }

    /// <summary>What the copies of a node say of themselves; null: it does not answer.</summary>
    public async Task<CopyStatusReply[]?> AskAsync(string target, string database, CancellationToken cancellationToken)
    {
        if (target == node.Id) return Tell(database);
        if (await nodes.FindAsync(target, cancellationToken).ConfigureAwait(false) is not { } silo) return null;
        try
        {
            return await Transport.TellAsync(silo, database).WaitAsync(TellPatience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OrleansException or IOException or TimeoutException)
        {
            // It is dying, or busy: what it would have said is not known.
            return null;
        }
    }

    public CopyStatusReply[] Tell(string database) => [.. Open.Where(open => open.Database == database).Select(open => Tell(open.Partition, open.Replica.Status()))];

    private static CopyStatusReply Tell(int partition, ReplicaStatus status) => new()
    {
        Partition = partition,
        Copy = status.Copy.Value,
        Standing = status.Standing.ToString(),
        IsServing = status.IsServing,
        Epoch = status.Epoch.Value,
        Last = status.Last.Value,
        Committed = status.Committed.Value,
        Applied = status.Applied.Value,
        Alarms = status.Alarms,
        LatestAlarm = status.LatestAlarm,
    };

    private ReplicaTransport Transport => _transport ??= services.GetRequiredService<ReplicaTransport>();

    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_ticks is not null) await _ticks.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_slots.Values.Select(CloseAsync)).ConfigureAwait(false);
    }

    /// <summary>The copy of this node; null: there is none (any more).</summary>
    private async Task<Replica?> OpenAsync(string database, int partition)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        var slot = _slots.GetOrAdd((database, partition), _ => new());
        if (slot.Replica is { } open) return open;
        await slot.Opening.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            if (slot.Replica is { } opened) return opened;
            if (time.GetElapsedTime(slot.TriedAt) < ReopenPause && slot.TriedAt != 0) return null;
            slot.TriedAt = time.GetTimestamp();
            var replica = await OpenAsync(database, partition, slot).ConfigureAwait(false);
            if (replica is null) return null;
            slot.Replica = replica;
            replica.Start();
            _ = WatchAsync(slot, replica, database, partition);
            StartTicks();
            return replica;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whoever asks next tries again; a copy that can not be opened is one that does not answer.
            LogOpenFailed(logger, database, partition, e);
            return null;
        }
        finally
        {
            slot.Opening.Release();
        }
    }

    private Task<Replica?> OpenAsync(string database, int partition, Slot slot)
    {
        var key = ClusterCatalog.PartitionRecordKey(database, partition);
        var record = new ReplicaCatalog(store, key, CatalogPatience, time);
        var world = new ReplicaWorld(
            files, FolderOf(database, partition), $"partition {partition} of '{database}'", database, metrics, _steady, envelope => Send(record, database, partition, envelope), snapshot => Install(slot, database, partition, snapshot),
            () => _ = DropAsync(slot, database, partition), options.ReplicaLogBytes, record, logger);
        slot.World = world;
        return opening.OpenAsync(world, _options with { Jitter = TimeSpan.FromMilliseconds(Math.Abs(HashCode.Combine(node.Id, partition)) % 100) }, _closing.Token);
    }

    /// <summary>When a copy has failed it is closed and opened anew from what its disk holds.</summary>
    private async Task WatchAsync(Slot slot, Replica replica, string database, int partition)
    {
        var error = await replica.Failed.Task.ConfigureAwait(false);
        if (_closing.IsCancellationRequested) return;
        LogFailed(logger, database, partition, replica.Copy, error);
        try
        {
            // Another one may be in its place by now: this one was dropped, or goes on with another content.
            if (Interlocked.CompareExchange(ref slot.Replica, null, replica) == replica) slot.TriedAt = time.GetTimestamp();
            await replica.DisposeAsync().ConfigureAwait(false);
            await Task.Delay(ReopenPause, time, _closing.Token).ConfigureAwait(false);
            await OpenAsync(database, partition).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IngoDBException or IOException)
        {
            // The silo stops, or the disk refuses even to be closed: the next message tries to open it.
        }
        catch (Exception e)
        {
            // A bug of ours while it was closed: it is told, and the next message tries to open it.
            LogOpenFailed(logger, database, partition, e);
        }
    }

    private void Send(ReplicaCatalog record, string database, int partition, Envelope envelope)
    {
        if (record.NodeOf(envelope.To.Copy) is not { } target) return;
        var found = nodes.FindAsync(target, _closing.Token);
        if (!found.IsCompletedSuccessfully || found.Result is not { } silo) return;
        var packet = new ReplicaPacket { Database = database, Partition = partition, Message = ReplicaMessageCodec.Write(envelope) };
        Transport.Send(silo, packet);
        metrics.Sent(database, envelope.Message);
    }

    private string FolderOf(string database, int partition) => Path.Combine(node.Directory, "db", database, string.Create(CultureInfo.InvariantCulture, $"p{partition:D4}"));

    private void StartTicks()
    {
        lock (_starting) _ticks ??= time.CreateTimer(_ => Tick(), null, _options.TickEvery, _options.TickEvery);
    }

    private void Tick()
    {
        foreach (var slot in _slots.Values) slot.Replica?.Post(Ticked.Now);
    }

    private async Task CloseAsync(Slot slot)
    {
        try
        {
            if (slot.Replica is { } replica) await replica.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IngoDBException or IOException)
        {
            LogCloseFailed(logger, e);
        }
    }

    private UnavailableException Moved(PartitionKey key) => new("partition.moved", $"Partition {key} is not served on node {node.Id} in this epoch.");

    [LoggerMessage(EventId = 3110, Level = LogLevel.Warning, Message = "A message for partition {Partition} of '{Database}' can not be read")]
    private static partial void LogBadMessage(ILogger logger, string database, int partition, Exception error);

    [LoggerMessage(EventId = 3111, Level = LogLevel.Error, Message = "The copy of partition {Partition} of '{Database}' can not be opened")]
    private static partial void LogOpenFailed(ILogger logger, string database, int partition, Exception error);

    [LoggerMessage(EventId = 3112, Level = LogLevel.Error, Message = "Copy {Copy} of partition {Partition} of '{Database}' has failed and is opened anew")]
    private static partial void LogFailed(ILogger logger, string database, int partition, Replication.Members.CopyId copy, Exception error);

    [LoggerMessage(EventId = 3113, Level = LogLevel.Warning, Message = "A copy did not close cleanly; it will be recovered at the next start")]
    private static partial void LogCloseFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 3115, Level = LogLevel.Information, Message = "{Given} of {Led} partitions were handed to other copies in {Milliseconds:0} ms")]
    private static partial void LogHandedOff(ILogger logger, int given, int led, double milliseconds);

    private sealed class Slot
    {
        public SemaphoreSlim Opening { get; } = new(1);

        public volatile Replica? Replica;

        public ReplicaWorld? World { get; set; }

        public long TriedAt { get; set; }

        /// <summary>The import that is under way, or the last one.</summary>
        public ImportRun Import { get; set; } = ImportRun.None;
    }
}
