// One copy of a partition in this silo: the core decides, this shell does. Whatever happens, a message, a sync that returned, a tick,
// goes through Post, one at a time; the core answers with effects, and they are performed in their order before the next event.
// Nothing here waits: the disk has its thread (ReplicaDisk), what is committed is applied by a task of its own
// (ReplicaApplier), the catalog is asked on the pool, and messages are handed to Orleans.
//
//   messages ─┐                              ┌─► ReplicaTransport
//   disk ─────┼─► Post ─► core.Step ─► effects ─► ReplicaDisk ──► log, REPLICA
//   catalog ──┤                              ├─► ReplicaApplier ─► StorageEngine ─► who waits
//   writes ───┘                              └─► ReplicaCatalog
//
// Anything that goes wrong (a disk that fails, bytes that do not check, a bug) ends this process of the copy: it stops to answer, and
// ReplicaHost opens the copy anew from what the disk really holds.

using IngoDB.Engine;
using IngoDB.Grains.Partitions;
using IngoDB.Model;
using IngoDB.Replication;
using IngoDB.Replication.Events;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.States;

namespace IngoDB.Grains.Replicas;

/// <summary>A copy that is open. Thread-safe.</summary>
internal sealed partial class Replica : IAsyncDisposable
{
    private static readonly TimeSpan s_rankDelay = new ReplicaOptions().RankDelay;

    private readonly Lock _gate = new();
    private readonly ReplicaWorld _world;
    private readonly ReplicaCore _core;
    private readonly ReplicaLog _log;
    private readonly ReplicaDisk _disk;
    private readonly ReplicaApplier _applier;
    private readonly CancellationTokenSource _closing = new();
    private DocumentVersion _baseVersion;
    private bool _isClosed;

    /// <param name="world">Around it.</param>
    /// <param name="content">What it is made of.</param>
    /// <param name="core">Of a copy that was just opened, or of one that goes on with another content.</param>
    public Replica(ReplicaWorld world, ReplicaContent content, ReplicaCore core)
    {
        (_world, _log, _core) = (world, content.Log, core);
        (_applied, _appliedVersion, _baseVersion) = (content.Applied, content.Engine.AppliedAtOpen, content.BaseVersion);
        Copy = new(content.File.Copy);
        Engine = content.Engine;
        Partition = new OpenPartition(content.Engine, this);
        _exports = new SnapshotExports(world.Files, world.Folder, Copy, world.Time);
        _disk = new ReplicaDisk(world.Files, world.Folder, content.File, content.Log, content.LogGeneration, Report, Fail);
        _applier = new ReplicaApplier(content.Log, content.Engine, content.Applied, Applied, Fail, world.Time);
        content.Writes.Attach(this);
    }

    public CopyId Copy { get; }

    public StorageEngine Engine { get; }

    public OpenPartition Partition { get; }

    /// <summary>What ended this process of the copy; completes once.</summary>
    public TaskCompletionSource<Exception> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Folder => _world.Folder;

    public ReplicaCatalog Catalog => _world.Catalog;

    public void Start()
    {
        _disk.Start();
        _applier.Start();
        Post(Ticked.Now);
    }

    public void Deliver(Envelope envelope)
    {
        if (envelope.To.Copy == Copy) Post(new Received(envelope));
    }

    /// <summary>Something happened.</summary>
    public void Post(ReplicaEvent what)
    {
        lock (_gate)
            if (!_isDetached) Report(what);
    }

    /// <summary>A deed was done: that is heard to the end.</summary>
    private void Report(ReplicaEvent what)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            try
            {
                StepLocked(what);
            }
            catch (Exception e)
            {
                // A bug of ours or a log that can not be read: this process of the copy ends, the copy is opened anew.
                Fail(e);
            }
        }
    }

    public ReplicaStatus Status()
    {
        lock (_gate)
        {
            var record = _core.Record;
            return new(
                Copy, _core.Standing, _core.IsServing, _core.Adopted, _core.Log.Last, _core.Committed, _applied, _log.Base, _log.Bytes, record?.Isr.Count ?? 0, record?.MinIsr ?? 0, record?.Replicas.Count ?? 0, record?.Isr.Contains(Copy) == true, _alarms, _latestAlarm);
        }
    }

    /// <summary>Copies that this one counts on and has not heard for so long: its members as the primary, else the primary that it may replace.</summary>
    public IReadOnlyList<MissedCopy> Missed(TimeSpan silentFor)
    {
        lock (_gate)
        {
            if (_isClosed || _core.Record is not { } record) return [];
            var silentSince = Now().Steady - silentFor;
            if (record.Primary == Copy) return [.. _core.Members.Where(member => member.HeardAt <= silentSince).Select(member => Missed(member.Member, new MemberSuspected(member.Member))).OfType<MissedCopy>()];
            // Each waits a little longer than the one before it, so that they seldom collide.
            return record.Isr.Without(record.Primary).IndexOf(Copy) is >= 0 and var rank && _core.LastHeard + (rank * s_rankDelay) <= silentSince && Missed(record.Primary, PrimarySuspected.Now) is { } primary ? [primary] : [];
        }
    }

    private MissedCopy? Missed(CopyId copy, ReplicaEvent hint) => Catalog.NodeOf(copy) is { } node ? new(node, hint) : null;

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            StopServingLocked(new UnavailableException("partition.moved", "The copy is being closed."));
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.Run(_disk.Dispose).ConfigureAwait(false);
        await _applier.DisposeAsync().ConfigureAwait(false);
        await Engine.DisposeAsync().ConfigureAwait(false);
        _log.Dispose();
        _closing.Dispose();
    }

    private void Fail(Exception error)
    {
        if (!Failed.TrySetResult(error)) return;
        lock (_gate) StopServingLocked(error);
    }

    private Moment Now() => new(_world.Time.GetElapsedTime(0), _world.Time.GetUtcNow().ToUnixTimeMilliseconds());
}

/// <summary>Log and tables of a copy, opened.</summary>
/// <param name="LogGeneration">How often the core has cut or replaced its log by now.</param>
/// <param name="Applied">What the tables hold.</param>
/// <param name="BaseVersion">Of the last entry that was trimmed.</param>
internal sealed record ReplicaContent(ReplicaFile File, ReplicaLog Log, long LogGeneration, StorageEngine Engine, ReplicatedLog Writes, Lsn Applied, DocumentVersion BaseVersion)
{
    /// <summary>Of the log as it was recovered.</summary>
    public required LogState State { get; init; }

    /// <summary>What was synced and is not there; null: nothing.</summary>
    public string? Damage { get; init; }
}

/// <summary>What a copy says of itself.</summary>
internal sealed record ReplicaStatus(
    CopyId Copy, Standing Standing, bool IsServing, Epoch Epoch, Lsn Last, Lsn Committed, Lsn Applied, Lsn Base, long LogBytes, int InSync, int MinInSync, int Copies, bool IsMember, long Alarms, string? LatestAlarm);

/// <summary>A copy that is missed.</summary>
/// <param name="Node">Where it is.</param>
/// <param name="Hint">What the one that misses it makes of the news that it is gone.</param>
internal sealed record MissedCopy(string Node, ReplicaEvent Hint);
